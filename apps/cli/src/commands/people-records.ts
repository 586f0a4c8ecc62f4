import type { Application } from '@markitect/api';
import type { RecordService } from '@markitect/application';
import type { StoredRecord } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableJson, printableLine } from '../terminal/printable.js';
import { countOf, showInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, type CommandDefinition, defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions } from './option-values.js';
import { expectedOption, fileOption, objectOf, readPeople, withPeople } from './people-input.js';

/** How the records of one kind are spoken of. */
export interface RecordKind {
  readonly word: 'users' | 'configuration';
  /** `the profile of a user` */
  readonly one: string;
  /** `the profiles of users` */
  readonly many: string;
  /** What a key is: `the id of the user`. */
  readonly key: string;
  readonly example: { readonly key: string; readonly value: string; readonly patch: string };
}

interface WriteOptions {
  readonly file?: string;
  readonly expected?: number;
}

interface ListOptions extends PageOptions {
  readonly prefix?: string;
}

const recordShape = `{
  key: string; value: object;
  version: number;         // 1 when it is new; each change adds one
  createdAt: string; updatedAt: string;
}`;

/** The commands for records of one kind: get, save, patch, list, delete. */
export function recordCommands(kind: RecordKind): Readonly<Record<string, CommandDefinition<never>>> {
  const { word, one, many, example } = kind;
  const key = { name: 'key', description: kind.key };
  const json = (description: string) => ({ name: 'json', description, optional: true });
  const withRecords = <T>(context: CommandContext, work: (records: RecordService) => Promise<T>) =>
    withPeople(context, (people: Application['people']) => work(people[word]));

  const readRecords = <T>(context: CommandContext, work: (records: RecordService) => Promise<T>) =>
    readPeople(context, word, (people) => work(people[word]));

  const get = defineCommand({
    name: [word, 'get'],
    summary: `show ${one}`,
    description: 'Not on a terminal: its value as JSON on one line.',
    arguments: [key],
    examples: [{ command: `markitect ${word} get ${example.key}`, does: 'what is kept' }],
    json: recordShape,
    async run(context, args) {
      const { terminal } = context;
      const record = await readRecords(context, (records) => records.get(argument(args)));
      if (terminal.json) terminal.printJson(record);
      else if (terminal.isInteractive) printRecord(terminal, record);
      else terminal.print(printableJson(record.value, 0));
    },
  });

  const save = defineCommand<WriteOptions>({
    name: [word, 'save'],
    summary: `store ${one}, whole`,
    description: 'What was stored under the key before is gone.',
    arguments: [key, json('the value: a JSON object')],
    options: [fileOption, expectedOption],
    examples: [
      { command: `markitect ${word} save ${example.key} '${example.value}'`, does: 'from the command line' },
      {
        command: `markitect ${word} save ${example.key} --file value.json --expected 0`,
        does: 'if there is none',
      },
    ],
    json: recordShape,
    async run(context, [id = '', text], { file, expected }) {
      const value = await objectOf(context, text, file);
      const record = await withRecords(context, (records) => records.save(id, value, expected));
      printWritten(context.terminal, record.version === 1 ? 'created' : 'saved', record);
    },
  });

  const patch = defineCommand<WriteOptions>({
    name: [word, 'patch'],
    summary: `change fields of ${one}`,
    description:
      'A JSON merge patch (RFC 7396): objects are merged, null removes a field, anything else takes the place of what ' +
      'was there. Patches of different fields do not lose each other.',
    arguments: [key, json('the patch: a JSON object')],
    options: [fileOption, expectedOption],
    examples: [
      {
        command: `markitect ${word} patch ${example.key} '${example.patch}'`,
        does: 'change one, remove one',
      },
    ],
    json: recordShape,
    async run(context, [id = '', text], { file, expected }) {
      const changes = await objectOf(context, text, file);
      const record = await withRecords(context, (records) => records.patch(id, changes, expected));
      printWritten(context.terminal, 'changed', record);
    },
  });

  const list = defineCommand<ListOptions>({
    name: [word, 'list'],
    summary: `list ${many} by key`,
    description:
      'Not on a terminal: one line for each with key, version, time of the last change (UTC) and value, separated by tabs.',
    options: [
      { flags: '--prefix <text>', description: 'only those whose keys begin with this', group: 'Filters:' },
      ...pageOptions,
    ],
    examples: [{ command: `markitect ${word} list --limit 10`, does: 'the first ten' }],
    json: `{
  items: { … }[];          // as of \`${word} get\`
  nextCursor?: string;     // absent on the last page
}`,
    async run(context, _args, options) {
      const { terminal } = context;
      const page = await readRecords(context, (records) => records.list(given(options)));
      if (terminal.json) {
        terminal.printJson(page);
        return;
      }
      if (page.items.length === 0) {
        terminal.note(
          options.prefix === undefined
            ? `There are none yet. Store one with: markitect ${word} save <key> <json>`
            : 'No key begins with that.',
        );
      } else {
        printRecords(terminal, page.items);
      }
      noteNextPage(context, page);
    },
  });

  const remove = defineCommand<Pick<WriteOptions, 'expected'>>({
    name: [word, 'delete'],
    summary: `remove ${one}`,
    arguments: [key],
    options: [expectedOption],
    examples: [{ command: `markitect ${word} delete ${example.key}`, does: 'for good' }],
    json: `{ removed: string }`,
    async run(context, args, { expected }) {
      const { terminal } = context;
      const id = argument(args);
      await withRecords(context, (records) => records.remove(id, expected));
      if (terminal.json) terminal.printJson({ removed: id });
      else terminal.print(`removed ${terminal.style.bold(printableLine(id))}`);
    },
  });

  return { get, save, patch, list, remove };
}

function printRecord(terminal: Terminal, { key, value, version, createdAt, updatedAt }: StoredRecord): void {
  const { style } = terminal;
  const changed = version === 1 ? '' : `, changed ${showInstant(updatedAt)} (${showSince(updatedAt)})`;
  terminal.print(
    style.bold(printableLine(key)),
    style.dim(`version ${version}, created ${showInstant(createdAt)}${changed}`),
    '',
    printableJson(value, 2),
  );
}

function printWritten(terminal: Terminal, done: string, record: StoredRecord): void {
  if (terminal.json) terminal.printJson(record);
  else terminal.print(`${done} ${terminal.style.bold(printableLine(record.key))}, version ${record.version}`);
}

function printRecords(terminal: Terminal, records: readonly StoredRecord[]): void {
  const { style } = terminal;
  printColumns<StoredRecord>(
    terminal,
    [
      {
        heading: 'KEY',
        text: ({ key }) => printableLine(key),
        shorten: 'middle',
        last: true,
        paint: style.cyan,
      },
      { heading: 'VERSION', text: ({ version }) => String(version), align: 'right' },
      {
        heading: 'UPDATED',
        text: ({ updatedAt }) => showInstant(updatedAt),
        exact: ({ updatedAt }) => updatedAt,
        paint: style.dim,
      },
      {
        heading: 'VALUE',
        text: ({ value }) => printableLine(printableJson(value, 0)),
        exact: ({ value }) => printableJson(value, 0),
        shorten: 'end',
      },
    ],
    records,
  );
}

/** `3 events` and the like, for people and programs. */
export function printCount(terminal: Terminal, count: number, noun: string): void {
  if (terminal.json) terminal.printJson({ count });
  else terminal.print(terminal.isInteractive ? countOf(count, noun) : String(count));
}
