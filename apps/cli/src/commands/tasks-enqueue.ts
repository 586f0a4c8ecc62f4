import type { JsonValue, TaskDraft } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { countOf } from '../terminal/quantities.js';
import { argument, defineCommand, type OptionDefinition } from './command.js';
import { duration } from './duration.js';
import { badOption, given, nonEmpty, wholeNumber } from './option-values.js';
import { bodyOf } from './text-option.js';
import { showUntil, withTasks } from './tasks-view.js';

/** The values of {@link draftOptions}. */
export interface DraftOptions {
  readonly payload?: string;
  readonly payloadFile?: string;
  readonly priority?: number;
  readonly attempts?: number;
  readonly key?: string;
  readonly limitKey?: string;
  readonly force?: boolean;
}

interface Options extends DraftOptions {
  readonly lines?: boolean;
  readonly in?: number;
  readonly at?: string;
}

/** The options of commands that describe a task. */
export const draftOptions: readonly OptionDefinition[] = [
  {
    flags: '--payload <json>',
    description: 'what to work on, as the type asks for',
    conflicts: ['payloadFile'],
    parse: nonEmpty('--payload'),
  },
  {
    flags: '--payload-file <file>',
    description: 'the same from a file; "-": from the standard input',
    parse: nonEmpty('--payload-file'),
  },
  {
    flags: '--priority <number>',
    description: '-1000 to 1000, higher goes first',
    parse: wholeNumber('--priority', -1000, 1000),
    defaultText: '0',
  },
  {
    flags: '--attempts <count>',
    description: 'how often it is tried',
    parse: wholeNumber('--attempts', 1, 1000),
    defaultText: 'of the type, else 5',
  },
  {
    flags: '--key <text>',
    description: 'none is added while an unfinished task has this key',
    parse: nonEmpty('--key'),
  },
  {
    flags: '--limit-key <text>',
    description: 'whose limits it shares',
    parse: nonEmpty('--limit-key'),
    defaultText: 'the type',
  },
  { flags: '--force', description: 'take a type that is not known here' },
];

/** `markitect tasks enqueue` */
export const tasksEnqueue = defineCommand<Options>({
  name: ['tasks', 'enqueue'],
  summary: 'put a task into the queue',
  description:
    'A worker does it: `markitect work`, or a running server. `markitect tasks types` shows which types there are and ' +
    'what their payloads have to be. Not on a terminal: the number of each task, one on a line.',
  arguments: [{ name: 'type', description: 'what is to be done: documents.ingest' }],
  options: [
    ...draftOptions,
    {
      flags: '--lines',
      description: 'a task for each line of the payload, all in one commit',
    },
    {
      flags: '--in <time>',
      description: 'not before so long: 90s, 10m, 2h, 7d',
      parse: duration('--in'),
      conflicts: ['at'],
    },
    { flags: '--at <time>', description: 'not before this: 2026-11-22T06:00:00Z', parse: instant },
  ],
  examples: [
    { command: 'markitect tasks enqueue issues.sync', does: 'bring the copy of the issues up to date' },
    {
      command: `markitect tasks enqueue documents.ingest --payload '{"paths":["handbook"]}' --in 10m`,
      does: 'take in a folder below ingest.roots, in ten minutes',
    },
    {
      command: 'markitect tasks enqueue mail.send --force --lines --payload-file mails.jsonl',
      does: 'many at once, for a worker of your own',
    },
  ],
  json: `{
  items: { id: number; isNew: boolean }[];   // isNew false: an unfinished task has the key
}`,
  async run(context, args, options) {
    const { terminal } = context;
    const drafts = await draftsOf(context, argument(args), options);
    const items = await withTasks(context, ({ tasks }) =>
      tasks.enqueue(drafts, { force: options.force === true }),
    );
    if (terminal.json) {
      terminal.printJson({ items });
      return;
    }
    if (!terminal.isInteractive) {
      terminal.print(...items.map(({ id }) => String(id)));
      return;
    }
    const { style } = terminal;
    const [only] = items;
    if (items.length === 1 && only !== undefined) {
      const runAt = drafts[0]?.runAt;
      const when = runAt === undefined || Date.parse(runAt) <= Date.now() ? '' : `, due ${showUntil(runAt)}`;
      terminal.print(
        only.isNew
          ? `enqueued ${style.bold(`#${only.id}`)} ${argument(args)}${when}`
          : `${style.bold(`#${only.id}`)} has this key and is not finished: nothing was added`,
      );
      if (only.isNew) terminal.note(terminal.noteStyle.dim(`  markitect tasks show ${only.id}`));
      return;
    }
    const added = items.filter(({ isNew }) => isNew).length;
    const there = items.length - added;
    terminal.print(
      `enqueued ${style.bold(countOf(added, 'task'))}${there === 0 ? '' : `, ${there} were there already`}`,
    );
  },
});

function instant(value: string): string {
  if (!Number.isNaN(Date.parse(value))) return value;
  throw badOption('--at', `must be a time such as 2026-11-22T06:00:00Z, not "${value}"`);
}

async function draftsOf(
  context: CommandContext,
  type: string,
  options: Options,
): Promise<readonly TaskDraft[]> {
  const { lines = false } = options;
  const template = templateOf(type, options);
  const runAt = options.in === undefined ? options.at : new Date(Date.now() + options.in).toISOString();
  const withTime = { ...template, ...(runAt === undefined ? {} : { runAt }) };
  const text = await payloadText(context, options);
  if (lines) {
    if (text === undefined) throw badOption('--lines', 'needs --payload-file');
    const payloads = text.split('\n').flatMap((line, index) => {
      return line.trim() === '' ? [] : [parseJson(line, `line ${index + 1} of the payload`)];
    });
    return payloads.map((payload) => ({ ...withTime, payload }));
  }
  return [text === undefined ? withTime : { ...withTime, payload: parseJson(text, 'the payload') }];
}

/** The draft that options describe, without its payload. */
function templateOf(type: string, { priority, attempts, key, limitKey }: DraftOptions): TaskDraft {
  return { type, ...given({ priority, maxAttempts: attempts, uniqueKey: key, limitKey }) };
}

/** The draft that {@link draftOptions} describe. Throws UsageError and what reading a file throws. */
export async function draftOf(
  context: CommandContext,
  type: string,
  options: DraftOptions,
): Promise<TaskDraft> {
  const text = await payloadText(context, options);
  const template = templateOf(type, options);
  return text === undefined ? template : { ...template, payload: parseJson(text, 'the payload') };
}

function payloadText(
  context: CommandContext,
  { payload, payloadFile }: DraftOptions,
): Promise<string | undefined> {
  return bodyOf(context, given({ body: payload, bodyFile: payloadFile }), '--payload-file');
}

function parseJson(text: string, what: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badOption('--payload', `must be JSON, and ${what} is not: ${reason}`);
  }
}
