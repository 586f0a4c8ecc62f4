import type { IssueDetails } from '@markitect/application';
import type { Issue, MarkdownNode } from '@markitect/domain';
import type { Staleness } from '@markitect/ports';
import type { CommandContext } from '../program/command-context.js';
import { failureOf } from '../program/failure.js';
import { showSince } from '../terminal/age.js';
import { printableLine, printableText } from '../terminal/printable.js';
import { countOf, showInstant } from '../terminal/quantities.js';
import { showPath } from '../terminal/show-path.js';
import type { Style } from '../terminal/terminal.js';
import { type Span, wrapSpans } from '../terminal/wrap.js';
import { argument, defineCommand } from './command.js';
import {
  issueShape,
  noteStale,
  numberArgument,
  staleJson,
  staleShape,
  staleText,
  withTracker,
} from './tracker.js';

interface Options {
  readonly raw?: boolean;
}

/** Longer lines are hard to read, however wide the terminal. */
const MAX_TEXT_WIDTH = 100;

/** `markitect issues show` */
export const issuesShow = defineCommand<Options>({
  name: ['issues', 'show'],
  summary: 'show an issue: what it says, where it stands, what it waits for',
  description:
    'Also its comments, the documents that name it (in their front matter under `issue` or `issues`, or as #42 or by its ' +
    'address in their text) and its workspace.',
  arguments: [numberArgument],
  options: [{ flags: '--raw', description: 'only its text, the Markdown as it is kept' }],
  examples: [
    { command: 'markitect issues show 42', does: 'read it' },
    { command: 'markitect issues show 42 --raw > 42.md', does: 'get its text, to change it' },
    {
      command: 'markitect issues show 42 --json | jq -r .issue.version',
      does: 'its version, for --if-version',
    },
  ],
  json: `{
  issue: ${issueShape.replaceAll('\n', '\n  ')};
  column?: string;         // of the board
  priority?: string;       // the label that says how urgent it is
  project?: { id: number; title: string; column: string };  // where the tracker keeps boards
  comments: { id: number; author: string; body: string; createdAt: string; updatedAt: string }[];
  blockers: {…}[];         // issues it waits for
  blocked: {…}[];          // issues that wait for it
  conditions: { blockedBy: number[]; overdue: boolean; stale: boolean; idleDays: number };
  documents: { path: string; title: string }[];
  workspace?: { slug: string; title: string; folder?: string; archive?: string };
  missing: { part: string; code: string; message: string }[];  // what could not be had
  ${staleShape}
}`,
  async run(context, args, { raw = false }) {
    const { terminal } = context;
    const { details, workspace, stale } = await withTracker(context, async (application) => {
      const { value, stale: old } = await application.issues.show(argument(args));
      const manifest = value.workspace;
      return {
        details: value,
        workspace:
          manifest === undefined
            ? undefined
            : { slug: manifest.slug, title: manifest.title, ...application.placesOf(manifest) },
        stale: old,
      };
    });
    if (terminal.json) {
      terminal.printJson({ ...detailsJson(details), ...(workspace && { workspace }), ...staleJson(stale) });
    } else if (raw) {
      noteStale(terminal, stale);
      const { body } = details.issue;
      terminal.write(terminal.isInteractive ? `${printableText(body)}\n` : body);
    } else {
      await printDetails(context, details, { workspace, stale });
    }
  },
});

interface WorkspacePlace {
  readonly slug: string;
  readonly folder?: string;
  readonly archive?: string;
}

/** Its workspace is told by the caller, who knows the place of its files. */
function detailsJson({ missing, ...details }: IssueDetails): object {
  return {
    ...details,
    missing: missing.map(({ part, error }) => {
      const { code, message } = failureOf(error);
      return { part, code, message };
    }),
  };
}

async function printDetails(
  context: CommandContext,
  details: IssueDetails,
  more: { readonly workspace: WorkspacePlace | undefined; readonly stale: Staleness | undefined },
): Promise<void> {
  const { terminal } = context;
  const { style } = terminal;
  const { issue, comments, missing } = details;
  const width = Math.min(terminal.width, MAX_TEXT_WIDTH);
  const { parseMarkdown } = await import('../composition/parse-markdown.js');
  const { viewMarkdown } = await import('../terminal/markdown-view.js');
  const texts = [issue.body, ...comments.map(({ body }) => body)];
  const trees = await parseMarkdown(texts);
  const text = (index: number): readonly string[] => {
    const tree: MarkdownNode | undefined = trees[index];
    const plain = printableText(texts[index] ?? '');
    return tree === undefined ? wrapSpans([{ text: plain }], width) : viewMarkdown(tree, style, width);
  };
  if (more.stale !== undefined) terminal.print(style.yellow(staleText(more.stale)));
  terminal.print(
    ...wrapSpans([{ text: `#${issue.number} ${printableLine(issue.title)}`, paint: style.bold }], width),
    ...wrapSpans(standing(details, style), width),
    ...factLines(facts(context, details, more.workspace), style, width),
    '',
    ...(issue.body.trim() === '' ? [style.dim('Nothing more is said of it.')] : text(0)),
  );
  comments.forEach(({ author, createdAt, updatedAt }, index) => {
    const edited = updatedAt === createdAt ? '' : ', edited';
    const head = `${printableLine(author)}${style.dim(` · ${showInstant(createdAt)} (${showSince(createdAt)}${edited})`)}`;
    terminal.print('', `${style.dim('──')} ${style.bold(head)}`, ...text(index + 1));
  });
  // That the tracker is down has been said.
  for (const { part, error } of more.stale === undefined ? missing : []) {
    terminal.complain(
      `${terminal.noteStyle.yellow('missing')} ${part}: ${printableLine(failureOf(error).message)}`,
    );
  }
}

/** What is to be seen at once: state, column, priority, and whatever is amiss. */
function standing({ issue, column, priority, conditions }: IssueDetails, style: Style): readonly Span[] {
  const { blockedBy, overdue, stale, idleDays } = conditions;
  const marks: Span[] = [
    { text: issue.state, paint: issue.state === 'open' ? style.green : style.dim },
    ...(column === undefined ? [] : [{ text: printableLine(column), paint: style.cyan }]),
    ...(priority === undefined ? [] : [{ text: printableLine(priority), paint: style.yellow }]),
    ...(blockedBy.length === 0 ? [] : [{ text: 'blocked', paint: style.red }]),
    ...(overdue ? [{ text: 'overdue', paint: style.red }] : []),
    ...(stale ? [{ text: `stale: untouched for ${countOf(idleDays, 'day')}`, paint: style.yellow }] : []),
    ...(issue.isLocked ? [{ text: 'locked' }] : []),
  ];
  return marks.flatMap((mark, index) => (index > 0 ? [{ text: ' · ', paint: style.dim }, mark] : [mark]));
}

type Fact = readonly [name: string, values: readonly (readonly Span[])[]];

function facts(
  { cwd, terminal }: CommandContext,
  { issue, conditions, blockers, blocked, documents, project }: IssueDetails,
  workspace: WorkspacePlace | undefined,
): readonly Fact[] {
  const { style } = terminal;
  const plain = (text: string): readonly Span[] => [{ text: printableLine(text) }];
  const other = ({ number, title, state }: Issue): readonly Span[] => [
    { text: `#${number}`, ...(state === 'closed' ? { paint: style.dim } : {}) },
    { text: ` ${printableLine(title)}` },
    ...(state === 'closed' ? [{ text: ' (closed)', paint: style.dim }] : []),
  ];
  const place = workspace?.folder ?? workspace?.archive;
  const optional = (name: string, value: string | undefined): Fact[] =>
    value === undefined || value === '' ? [] : [[name, [plain(value)]]];
  const listed = (name: string, values: readonly (readonly Span[])[]): Fact[] =>
    values.length === 0 ? [] : [[name, values]];
  const due =
    issue.dueOn === undefined ? undefined : `${issue.dueOn}${conditions.overdue ? ' (overdue)' : ''}`;
  const isTouched = issue.updatedAt !== issue.createdAt;
  return [
    ...optional('opened', `${showInstant(issue.createdAt)} by ${issue.author}`),
    ...optional(
      issue.closedAt === undefined ? 'updated' : 'closed',
      issue.closedAt === undefined
        ? isTouched
          ? `${showInstant(issue.updatedAt)} (${showSince(issue.updatedAt)})`
          : undefined
        : `${showInstant(issue.closedAt)} (${showSince(issue.closedAt)})`,
    ),
    ...optional('assignees', issue.assignees.join(', ')),
    ...optional('labels', issue.labels.map(({ name }) => name).join(', ')),
    ...optional('milestone', issue.milestone),
    ...optional('due', due),
    ...optional('project', project?.title),
    ...listed('waits for', blockers.map(other)),
    ...listed('blocks', blocked.map(other)),
    ...listed(
      'documents',
      documents.map(({ path, title }) => [
        { text: printableLine(path), paint: style.cyan },
        { text: ` · ${printableLine(title)}`, paint: style.dim },
      ]),
    ),
    ...(place === undefined ? [] : [['workspace', [[{ text: showPath(place, cwd) }]]] as const]),
    ...optional('address', issue.url),
  ];
}

function factLines(all: readonly Fact[], style: Style, width: number): readonly string[] {
  const nameWidth = Math.max(...all.map(([name]) => name.length));
  const indent = 2 + nameWidth + 2;
  return all.flatMap(([name, values]) =>
    values
      .flatMap((spans) => wrapSpans(spans, width - indent))
      .map((line, index) => `  ${style.dim((index === 0 ? name : '').padEnd(nameWidth))}  ${line}`),
  );
}
