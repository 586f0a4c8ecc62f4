import type { CutoverLimits } from '@markitect/domain';
import { argument, defineCommand } from './command.js';
import {
  componentArgument,
  printFields,
  requestOf,
  requestOptions,
  type RequestOptions,
  withCutover,
} from './cutover-view.js';
import { duration } from './duration.js';
import { badOption, given, wholeNumber } from './option-values.js';

interface Options extends RequestOptions {
  readonly mismatches?: number;
  readonly errors?: number;
  readonly latency?: number;
  readonly diffAge?: number;
  readonly minCompared?: number;
}

/** `markitect cutover limit` */
export const cutoverLimit = defineCommand<Options>({
  name: ['cutover', 'limit'],
  summary: 'show or change what must hold before a switch, and after it',
  description:
    'A guard goes on watching after a switch, and reverses it when a limit is passed. Without options: shows them.',
  arguments: [componentArgument],
  options: [
    {
      flags: '--mismatches <percent>',
      description: 'the most compared reads that differ',
      parse: percent('--mismatches'),
    },
    {
      flags: '--errors <percent>',
      description: 'the most operations of modern that fail',
      parse: percent('--errors'),
    },
    { flags: '--latency <ratio>', description: 'how much slower modern may be than legacy: 3', parse: ratio },
    { flags: '--diff-age <time>', description: 'how old the diff may be: 1h', parse: duration('--diff-age') },
    {
      flags: '--min-compared <count>',
      description: 'rates of fewer operations say nothing',
      parse: wholeNumber('--min-compared', 1, 1_000_000),
    },
    ...requestOptions,
  ],
  examples: [
    { command: 'markitect cutover limit users', does: 'those in force' },
    {
      command: 'markitect cutover limit users --latency 1.5 --why "slow is no option"',
      does: 'half as slow again at most',
    },
  ],
  json: `{
  maxMismatchRate: number;   // 0 to 1
  maxErrorRate: number;      // 0 to 1
  maxLatencyRatio: number;
  maxDiffAgeMs: number;
  minCompared: number;
}`,
  async run(context, args, { mismatches, errors, latency, diffAge, minCompared, ...options }) {
    const { terminal } = context;
    const name = argument(args);
    const changes: Partial<CutoverLimits> = given({
      maxMismatchRate: mismatches,
      maxErrorRate: errors,
      maxLatencyRatio: latency,
      maxDiffAgeMs: diffAge,
      minCompared,
    });
    const limits = await withCutover(context, async (cutover) => {
      if (Object.keys(changes).length > 0) {
        return (await cutover.limit(name, changes, await requestOf(context, options))).limits;
      }
      return (await cutover.status(name))[0]?.limits;
    });
    if (limits === undefined) return;
    if (terminal.json) terminal.printJson(limits);
    else if (!terminal.isInteractive) {
      terminal.print(...Object.entries(limits).map(([limit, value]) => `${limit}\t${value}`));
    } else {
      terminal.print(terminal.style.bold(name));
      printFields(terminal, [
        ['mismatches', `at most ${limits.maxMismatchRate * 100} % of the compared reads`],
        ['errors', `at most ${limits.maxErrorRate * 100} % of the operations of modern`],
        ['latency', `modern at most ${limits.maxLatencyRatio} times as slow as legacy`],
        ['diff', `at most ${limits.maxDiffAgeMs / 60_000} min old`],
        ['measured', `at least ${limits.minCompared} operations, else rates say nothing`],
      ]);
    }
  },
});

function percent(option: string): (value: string) => number {
  return (value) => {
    const number = /^\d{1,3}(?:\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (number >= 0 && number <= 100) return number / 100;
    throw badOption(option, `must be a number from 0 to 100, not "${value}"`);
  };
}

function ratio(value: string): number {
  const number = /^\d{1,4}(?:\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number > 0) return number;
  throw badOption('--latency', `must be a number above 0, not "${value}"`);
}
