import type { DocumentSummary, Page } from '@markitect/domain';
import { documentSorts, type DocumentSort } from '@markitect/ports';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { showBytes, showInstant } from '../terminal/quantities.js';
import { defineCommand, type OptionDefinition } from './command.js';
import { noteNextPage } from './next-page.js';
import { badOption, given, pageOptions, type PageOptions, prefixOption, tagOption } from './option-values.js';

interface Options extends PageOptions {
  readonly prefix?: string;
  readonly tag?: string;
  readonly where?: readonly (readonly [string, string])[];
  readonly sort: DocumentSort;
  readonly order: 'asc' | 'desc';
}

const whereOption: OptionDefinition = {
  flags: '--where <field=value>',
  description:
    'only documents with this in their front matter, e.g. status=draft or author.name=Ann; repeatable',
  repeatable: true,
  parse: fieldAndValue,
  group: 'Filters:',
};

/** `markitect docs list` */
export const docsList = defineCommand<Options>({
  name: ['docs', 'list'],
  summary: 'list stored documents',
  description:
    'On a terminal as a table that fits it; otherwise one line per document with path, title, tags (with commas), ' +
    'bytes and time of the last change (UTC), separated by tabs.',
  options: [
    prefixOption,
    tagOption,
    whereOption,
    {
      flags: '--sort <field>',
      description: 'field to sort by',
      choices: documentSorts,
      default: 'path',
      group: 'Order:',
    },
    {
      flags: '--order <direction>',
      description: 'direction',
      choices: ['asc', 'desc'],
      default: 'asc',
      group: 'Order:',
    },
    ...pageOptions,
  ],
  examples: [
    { command: 'markitect docs list --prefix guides/', does: 'what lies under guides/' },
    { command: 'markitect docs list --sort updatedAt --order desc --limit 10', does: 'the latest changes' },
    { command: 'markitect docs list --tag howto --where status=draft', does: 'by tag and front matter' },
  ],
  json: `{
  items: {
    path: string; title: string; tags: string[];
    hash: string;          // SHA-256 of the content
    bytes: number; revision: number;
    createdAt: string; updatedAt: string;
    source?: string;       // the file it was read from
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, { where = [], ...options }) {
    const { terminal } = context;
    const page = await context.withApplication(({ documents }) =>
      documents.list({
        ...given(options),
        ...(where.length > 0 ? { frontMatter: Object.fromEntries(where) } : {}),
      }),
    );
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) {
      const filtered = where.length > 0 || options.prefix !== undefined || options.tag !== undefined;
      terminal.note(
        filtered
          ? 'No document matches.'
          : 'There are no documents yet. Take some in with: markitect ingest <file or folder>',
      );
    } else {
      printDocuments(terminal, page);
    }
    noteNextPage(context, page);
  },
});

function printDocuments(terminal: Parameters<typeof printColumns>[0], page: Page<DocumentSummary>): void {
  const { style } = terminal;
  printColumns<DocumentSummary>(
    terminal,
    [
      {
        heading: 'PATH',
        text: ({ path }) => printableLine(path),
        shorten: 'middle',
        last: true,
        paint: style.cyan,
      },
      { heading: 'TITLE', text: ({ title }) => printableLine(title), shorten: 'end' },
      {
        heading: 'TAGS',
        text: ({ tags }) => printableLine(tags.join(', ')),
        exact: ({ tags }) => printableLine(tags.join(',')),
        shorten: 'end',
        paint: style.dim,
      },
      {
        heading: 'SIZE',
        text: ({ bytes }) => showBytes(bytes),
        exact: ({ bytes }) => String(bytes),
        align: 'right',
      },
      {
        heading: 'UPDATED',
        text: ({ updatedAt }) => showInstant(updatedAt),
        exact: ({ updatedAt }) => updatedAt,
        paint: style.dim,
      },
    ],
    page.items,
  );
}

function fieldAndValue(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1)];
  throw badOption('--where', `must have the form field=value, not "${text}"`);
}
