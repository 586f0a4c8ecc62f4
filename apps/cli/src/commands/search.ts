import type { KnowledgeHits, SearchPlace } from '@markitect/application';
import type { Page } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { UsageError } from '../program/usage-error.js';
import { showSince } from '../terminal/age.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { given, pageOptions, type PageOptions } from './option-values.js';
import { type HitView, printHits, snippetLine } from './search-hits.js';
import { withTracker } from './tracker.js';

interface Options extends PageOptions {
  readonly in?: SearchPlace;
  readonly state?: 'open' | 'closed';
}

/** `markitect search` */
export const search = defineCommand<Options>({
  name: ['search'],
  summary: 'find documents and issues by their words',
  description:
    'All words have to occur; the query is written as for `docs search`. Of issues the title counts most, then the text, ' +
    'then the comments; those of Gitea are looked for in the local copy that `issues sync` makes, so that searching works ' +
    'while it is down. Not on a terminal: one line per hit with "document" and path or "issue" and number, title and ' +
    'snippet, separated by tabs.',
  arguments: [{ name: 'words', description: 'what to look for', variadic: true }],
  options: [
    {
      flags: '--in <place>',
      description: 'look only here',
      choices: ['documents', 'issues'],
      defaultText: 'both',
      group: 'Filters:',
    },
    {
      flags: '--state <state>',
      description: 'only issues in this state',
      choices: ['open', 'closed'],
      group: 'Filters:',
    },
    ...pageOptions.map((option) =>
      option.flags.startsWith('--cursor')
        ? { ...option, description: `${option.description}; with --in` }
        : {
            ...option,
            description: option.description.replace('results', 'results of each place'),
            default: 10,
          },
    ),
  ],
  examples: [
    { command: 'markitect search session timeout', does: 'both words, everywhere' },
    { command: `markitect search '"logged out"' --in issues --state open`, does: 'a phrase, in open issues' },
  ],
  json: `{
  documents?: {            // absent: not looked for there
    items: { path: string; title: string; score: number; snippet: { text: string; match: boolean }[] }[];
    nextCursor?: string;   // for --cursor with --in documents
  };
  issues?: {
    items: { issue: {…}; score: number; snippet: { text: string; match: boolean }[] }[];
    nextCursor?: string;
  };
  issuesAsOf?: string;     // when the copy searched last was as Gitea was; absent: it never was, or issues are kept here
}`,
  async run(context, words, options) {
    const { terminal } = context;
    const { in: place, state, limit, cursor } = options;
    if (cursor !== undefined && place === undefined) {
      throw new UsageError('--cursor goes on in one place: name it with --in', { field: '--in' });
    }
    const query = words.join(' ');
    const { hits, isMirror } = await withTracker<{
      readonly hits: KnowledgeHits;
      readonly isMirror: boolean;
    }>(
      context,
      async (application, { gitea }) => ({
        hits: await application.search.search({
          query,
          limit,
          ...given({ state, in: place === undefined ? undefined : [place] }),
          ...(cursor === undefined || place === undefined ? {} : { cursors: { [place]: cursor } }),
        }),
        isMirror: gitea.url !== undefined,
      }),
      {
        none: () => ({
          hits: {
            ...(place === 'issues' ? {} : { documents: { items: [] } }),
            ...(place === 'documents' ? {} : { issues: { items: [] } }),
          },
          isMirror: false,
        }),
      },
    );
    if (terminal.json) {
      terminal.printJson(hits);
      return;
    }
    if ([hits.documents, hits.issues].every((page) => (page?.items.length ?? 0) === 0)) {
      terminal.note(`${nothingIn(place)} matches ${printableLine(query)}.`);
    } else {
      print(context, hits, cursor === undefined);
    }
    noteAge(context, hits, isMirror);
    noteMore(context, 'documents', hits.documents);
    noteMore(context, 'issues', hits.issues);
  },
});

function nothingIn(place: SearchPlace | undefined): string {
  if (place === undefined) return 'Nothing';
  return place === 'documents' ? 'No document' : 'No issue';
}

function print({ terminal }: CommandContext, { documents, issues }: KnowledgeHits, ranked: boolean): void {
  const places: readonly {
    readonly kind: string;
    readonly heading: string;
    readonly hits: readonly HitView[];
  }[] = [
    {
      kind: 'document',
      heading: 'Documents',
      hits: (documents?.items ?? []).map(({ path, title, snippet }) => ({ name: path, title, snippet })),
    },
    {
      kind: 'issue',
      heading: 'Issues',
      hits: (issues?.items ?? []).map(({ issue, snippet }) => ({
        name: terminal.isInteractive
          ? `#${issue.number}${issue.state === 'closed' ? ' closed' : ''}`
          : String(issue.number),
        title: issue.title,
        snippet,
      })),
    },
  ];
  const found = places.filter(({ hits }) => hits.length > 0);
  if (!terminal.isInteractive) {
    for (const { kind, hits } of found) {
      terminal.print(
        ...hits.map(({ name, title, snippet }) =>
          [kind, printableLine(name), printableLine(title), snippetLine(snippet)].join('\t'),
        ),
      );
    }
    return;
  }
  found.forEach(({ heading, hits }, index) => {
    terminal.print(...(index > 0 ? [''] : []), terminal.style.bold(heading), '');
    printHits(terminal, hits, ranked);
  });
}

/** Issues of Gitea are found in the copy only: people have to know how old it is. */
function noteAge(
  { terminal }: CommandContext,
  { issues, issuesAsOf }: KnowledgeHits,
  isMirror: boolean,
): void {
  if (!isMirror || issues === undefined) return;
  const text =
    issuesAsOf === undefined
      ? 'The issues of Gitea were never copied, so none was looked for. Copy them with: markitect issues sync'
      : `Issues as of ${showSince(issuesAsOf)}. Newer ones: markitect issues sync`;
  terminal.note(...(terminal.isInteractive ? [''] : []), terminal.noteStyle.dim(text));
}

function noteMore(context: CommandContext, place: SearchPlace, page: Page<unknown> | undefined): void {
  const { terminal } = context;
  if (page?.nextCursor === undefined) return;
  const next = context.commandLineWith({ '--in': place, '--cursor': page.nextCursor });
  terminal.note(...(terminal.isInteractive ? [''] : []), terminal.noteStyle.dim(`More ${place}: ${next}`));
}
