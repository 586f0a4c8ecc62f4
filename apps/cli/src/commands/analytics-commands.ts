import type { NewAnalyticsEvent } from '@markitect/application';
import { type AnalyticsEvent, type JsonValue, parseInstant } from '@markitect/domain';
import { UsageError } from '../program/usage-error.js';
import { printColumns } from '../terminal/columns.js';
import { printableJson, printableLine } from '../terminal/printable.js';
import { countOf, showInstant } from '../terminal/quantities.js';
import { defineCommand, type OptionDefinition } from './command.js';
import { instant } from './issue-filter.js';
import { noteNextPage } from './next-page.js';
import { badOption, given, nonEmpty, pageOptions, type PageOptions } from './option-values.js';
import {
  fileOption,
  isObject,
  parseJson,
  parseObject,
  readPeople,
  textOf,
  withPeople,
} from './people-input.js';
import { printCount } from './people-records.js';

interface AppendOptions {
  readonly user?: string;
  readonly id?: string;
  readonly at?: string;
  readonly properties?: string;
  readonly file?: string;
}

const ofOne = ['file'];

/** `markitect analytics append` */
const append = defineCommand<AppendOptions>({
  name: ['analytics', 'append'],
  summary: 'keep an event, or many from a file',
  description:
    'A file has one event on each line, or a JSON list of them: { type, userId?, id?, at?, properties? }. They are kept in ' +
    'one commit, at most 10,000. Those whose id is known are left out: with ids of your own you may append the same again.',
  arguments: [{ name: 'type', description: 'what kind of thing happened', optional: true }],
  options: [
    { flags: '--user <id>', description: 'to whom', parse: nonEmpty('--user'), conflicts: ofOne },
    {
      flags: '--at <time>',
      description: 'when',
      parse: instant('--at'),
      defaultText: 'now',
      conflicts: ofOne,
    },
    {
      flags: '--properties <json>',
      description: 'whatever else is known of it: a JSON object',
      conflicts: ofOne,
    },
    {
      flags: '--id <id>',
      description: 'its id',
      parse: nonEmpty('--id'),
      defaultText: 'a new UUID',
      conflicts: ofOne,
    },
    { ...fileOption, description: 'events from a file, in UTF-8; "-": from the standard input' },
  ],
  examples: [
    { command: 'markitect analytics append login --user ada', does: 'one event' },
    { command: 'markitect analytics append --file events.jsonl', does: 'many' },
  ],
  json: `{
  appended: number;        // how many were new
  known: number;           // how many were left out
}`,
  async run(context, [type], { user: userId, id, at, properties, file }) {
    const { terminal } = context;
    if ((type === undefined) === (file === undefined)) {
      throw new UsageError('give either the type of one event or --file', { field: 'type' });
    }
    const events =
      type === undefined
        ? eventsOf(await textOf(context, 'type', undefined, file))
        : [
            {
              type,
              ...given({
                userId,
                id,
                at,
                properties: properties === undefined ? undefined : parseObject(properties, '--properties'),
              }),
            },
          ];
    const report = await withPeople(context, ({ analytics }) => analytics.append(events));
    if (terminal.json) {
      terminal.printJson(report);
      return;
    }
    const { appended, known } = report;
    terminal.print(`kept ${countOf(appended, 'event')}${known === 0 ? '' : `, ${known} known already`}`);
  },
});

interface FilterOptions {
  readonly type?: string;
  readonly user?: string;
  readonly since?: string;
  readonly until?: string;
}

const filterOptions: readonly OptionDefinition[] = [
  {
    flags: '--type <type>',
    description: 'only those of this type',
    parse: nonEmpty('--type'),
    group: 'Filters:',
  },
  {
    flags: '--user <id>',
    description: 'only those of this user',
    parse: nonEmpty('--user'),
    group: 'Filters:',
  },
  {
    flags: '--since <time>',
    description: 'only those at this time or later: 2026-11-21, 2026-11-21T08:00Z, 36h, 7d, 2w',
    parse: instant('--since'),
    group: 'Filters:',
  },
  {
    flags: '--until <time>',
    description: 'only those before this time',
    parse: instant('--until'),
    group: 'Filters:',
  },
];

/** `markitect analytics list` */
const list = defineCommand<FilterOptions & PageOptions>({
  name: ['analytics', 'list'],
  summary: 'list events by time, the first first',
  description:
    'Not on a terminal: one line for each with time (UTC), type, user, properties and id, separated by tabs.',
  options: [...filterOptions, ...pageOptions],
  examples: [
    { command: 'markitect analytics list --type login --since 7d', does: 'of the last week' },
    { command: 'markitect analytics list --user ada --limit 10', does: 'of one user' },
  ],
  json: `{
  items: { id: string; type: string; userId?: string; at: string; properties: object }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, { user: userId, ...options }) {
    const { terminal } = context;
    const { style } = terminal;
    const page = await readPeople(context, 'analytics', ({ analytics }) =>
      analytics.list(given({ ...options, userId })),
    );
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) {
      terminal.note('There are no such events.');
    } else {
      printColumns<AnalyticsEvent>(
        terminal,
        [
          { heading: 'TIME', text: ({ at }) => showInstant(at), exact: ({ at }) => at, paint: style.dim },
          { heading: 'TYPE', text: ({ type }) => printableLine(type), shorten: 'end', paint: style.cyan },
          { heading: 'USER', text: ({ userId: user = '' }) => printableLine(user), shorten: 'end' },
          {
            heading: 'PROPERTIES',
            text: ({ properties }) =>
              Object.keys(properties).length === 0 ? '' : printableLine(printableJson(properties, 0)),
            exact: ({ properties }) => printableJson(properties, 0),
            shorten: 'end',
          },
          {
            heading: 'ID',
            text: ({ id }) => printableLine(id),
            shorten: 'middle',
            from: 100,
            paint: style.dim,
          },
        ],
        page.items,
      );
    }
    noteNextPage(context, page);
  },
});

/** `markitect analytics count` */
const count = defineCommand<FilterOptions>({
  name: ['analytics', 'count'],
  summary: 'count events',
  options: filterOptions,
  examples: [{ command: 'markitect analytics count --type login --since 7d', does: 'of the last week' }],
  json: `{ count: number }`,
  async run(context, _args, { user: userId, ...options }) {
    const found = await readPeople(context, 'analytics', ({ analytics }) =>
      analytics.count(given({ ...options, userId })),
    );
    printCount(context.terminal, found, 'event');
  },
});

/** `markitect analytics …` */
export const analyticsCommands = { append, list, count };

/** The events of a file: a JSON list, or one on each line. Throws UsageError naming the line or the place in the list. */
function eventsOf(text: string): readonly NewAnalyticsEvent[] {
  const all = text.trim();
  if (all === '') throw badOption('--file', 'has no events');
  if (all.startsWith('[')) {
    const values = parseJson(all, '--file') as readonly JsonValue[];
    return values.map((value, index) => eventOf(value, `event ${index + 1}`));
  }
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), name: `line ${index + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, name }) => eventOf(parseJson(line, name), name));
}

function eventOf(value: JsonValue, name: string): NewAnalyticsEvent {
  const wrong = (what: string) => new UsageError(`${name}: ${what}`, { field: name });
  if (!isObject(value)) throw wrong('must be a JSON object');
  const { type, userId, id, at, properties, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw wrong(`has a field ${unknown}, which events do not: put it into properties`);
  if (typeof type !== 'string') throw wrong('type must be a text');
  if (properties !== undefined && !isObject(properties)) throw wrong('properties must be a JSON object');
  const texts = Object.entries({ userId, id, at }).map(([field, each]) => {
    if (each !== undefined && typeof each !== 'string') throw wrong(`${field} must be a text`);
    return [field, each] as const;
  });
  const { at: time, ...named } = Object.fromEntries(texts);
  return {
    type,
    ...given({ ...named, properties }),
    ...(time === undefined ? {} : { at: readTime(time, wrong) }),
  };
}

function readTime(text: string, wrong: (what: string) => UsageError): string {
  try {
    return parseInstant(text, 'at');
  } catch {
    throw wrong(`at must be a time, e.g. 2026-11-21T08:00:00Z, not "${text}"`);
  }
}
