import type { TaskLimit } from '@markitect/domain';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { badOption, given, refuseWithout, wholeNumber } from './option-values.js';
import { withTasks } from './tasks-view.js';

interface Options {
  readonly concurrency?: number;
  readonly perSecond?: number;
  readonly burst?: number;
  readonly remove?: boolean;
}

/** `markitect tasks limit` */
export const tasksLimit = defineCommand<Options>({
  name: ['tasks', 'limit'],
  summary: 'show what limits tasks, or limit those of a key',
  description:
    'The key of a task is its type unless it was enqueued with --limit-key. Limits hold over all workers of all ' +
    'processes; new ones take the place of those the key had. Not on a terminal: key, most at a time, most in a second ' +
    'and most at once after a rest, separated by tabs.',
  arguments: [{ name: 'key', description: 'the key: issues.sync', optional: true }],
  options: [
    {
      flags: '--concurrency <count>',
      description: 'the most that run at the same time',
      parse: wholeNumber('--concurrency', 1, 100_000),
    },
    { flags: '--per-second <number>', description: 'the most that begin in a second', parse: rate },
    {
      flags: '--burst <count>',
      description: 'the most that begin at once after a rest',
      defaultText: '1',
      parse: wholeNumber('--burst', 1, 100_000),
    },
    {
      flags: '--remove',
      description: 'limit it no longer',
      conflicts: ['concurrency', 'perSecond', 'burst'],
    },
  ],
  examples: [
    { command: 'markitect tasks limit', does: 'what is limited' },
    { command: 'markitect tasks limit issues.sync --concurrency 1', does: 'one at a time' },
    { command: 'markitect tasks limit mail.send --per-second 0.5', does: 'one in two seconds' },
    { command: 'markitect tasks limit mail.send --remove', does: 'any number again' },
  ],
  json: `{
  items: { key: string; concurrency?: number; perSecond?: number; burst?: number }[];   // all there are now
}`,
  async run(context, args, { remove = false, ...limits }) {
    const key = args.at(0);
    const { terminal } = context;
    const isSetting = Object.keys(given(limits)).length > 0;
    if (key === undefined && (remove || isSetting))
      throw badOption('<key>', 'must be named to limit something');
    if (limits.perSecond === undefined) refuseWithout('--per-second', { burst: limits.burst });
    const items = await withTasks(context, async ({ tasks }) => {
      if (key !== undefined && remove) await tasks.removeLimit(key);
      else if (key !== undefined && isSetting) await tasks.setLimit({ key, ...given(limits) });
      const all = await tasks.limits();
      return key === undefined || remove ? all : all.filter((limit) => limit.key === key);
    });
    if (terminal.json) terminal.printJson({ items });
    else if (remove && key !== undefined) terminal.print(`${printableLine(key)} is not limited any more`);
    else if (items.length === 0)
      terminal.note(`Nothing limits ${key === undefined ? 'tasks' : printableLine(key)}.`);
    else printLimits(terminal, items);
  },
});

function rate(value: string): number {
  const number = /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : 0;
  if (number >= 0.001 && number <= 100_000) return number;
  throw badOption('--per-second', `must be a number from 0.001 to 100000, not "${value}"`);
}

function printLimits(terminal: Terminal, limits: readonly TaskLimit[]): void {
  const text = (value: number | undefined) => (value === undefined ? '' : String(value));
  printColumns<TaskLimit>(
    terminal,
    [
      { heading: 'KEY', text: ({ key }) => printableLine(key), shorten: 'end', paint: terminal.style.bold },
      { heading: 'AT A TIME', text: ({ concurrency }) => text(concurrency), align: 'right' },
      { heading: 'PER SECOND', text: ({ perSecond }) => text(perSecond), align: 'right' },
      { heading: 'AT ONCE', text: ({ burst }) => text(burst), align: 'right' },
    ],
    limits,
  );
}
