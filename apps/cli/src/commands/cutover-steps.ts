import type { CutoverAdministration, Judgement, MovedState } from '@markitect/api';
import { errorOutcomes } from '@markitect/ports';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { argument, type CommandDefinition, defineCommand } from './command.js';
import {
  componentArgument,
  dryRunOption,
  paintStage,
  printFields,
  requestOf,
  requestOptions,
  type RequestOptions,
  stageText,
  withCutover,
} from './cutover-view.js';
import { badOption } from './option-values.js';

interface SwitchOptions extends RequestOptions {
  readonly dryRun?: boolean;
}

const movedShape = `{
  component: string;
  stage: string; percent: number;      // where it stands now
  from: { stage: string; percent: number };
}`;

const judgementShape = `{
  component: string;
  from: { stage: string; percent: number };
  to: { stage: string; percent: number };
  isDone: boolean;
  blockers: { gate: string; reason: string }[];
  notes: string[];                     // what was measured too little to be in the way
}`;

const gates =
  'Refused with the reasons, unless the backfill is complete, a full diff is clean and recent, no key waits to be repaired, ' +
  'and mismatches, errors and latency are within the limits. What is written meanwhile waits for a moment and is safe. ';

/** `markitect cutover start` */
export const cutoverStart = plainStep({
  word: 'start',
  summary: 'copy every write of a component to its modern store from now on',
  description: 'From stage legacy to mirror: legacy still answers. Then run a backfill and a diff.',
  example: ['--why "moving profiles off JSON"', 'from legacy to mirror'],
  step: (cutover, name, request) => cutover.start(name, request),
});

/** `markitect cutover reverse` */
export const cutoverReverse = plainStep({
  word: 'reverse',
  summary: 'go one stage back, at once',
  description:
    'From modern to served 100 %, from served to mirror, from mirror to legacy. No gate is asked, nothing is lost: what one side has and the other not is copied after it, and read from where it is ' +
    'right until then. Not after complete.',
  example: ['--why "slow since noon"', 'e.g. from modern to served'],
  step: (cutover, name, request) => cutover.reverse(name, request),
});

/** `markitect cutover cancel` */
export const cutoverCancel = plainStep({
  word: 'cancel',
  summary: 'go back to the legacy store, and copy nothing any more',
  description:
    'From any stage but complete. Backfill and diff are forgotten; what the modern store has stays in it.',
  example: ['--why "next year"', 'back to legacy'],
  step: (cutover, name, request) => cutover.cancel(name, request),
});

/** `markitect cutover switch-writes` */
export const cutoverSwitchWrites = judgedStep({
  word: 'switch-writes',
  summary: 'let the modern store answer, and the legacy one follow',
  description: `From stage served to modern. ${gates}`,
  example: ['--why "a week at 100 %"', 'from served to modern'],
  step: (cutover, name, request, options) => cutover.switchWrites(name, request, options),
});

/** `markitect cutover complete` */
export const cutoverComplete = judgedStep({
  word: 'complete',
  summary: 'give the legacy store of a component up; nothing leads back',
  description: `From stage modern. ${gates}`,
  example: ['--why "two weeks without a difference"', 'from modern to complete'],
  step: (cutover, name, request, options) => cutover.complete(name, request, options),
});

interface ReadOptions extends SwitchOptions {
  readonly percent?: number;
}

/** `markitect cutover switch-reads` */
export const cutoverSwitchReads = defineCommand<ReadOptions>({
  name: ['cutover', 'switch-reads'],
  summary: 'read a share of the keys from the modern store',
  description:
    'To stage served; always the same keys for the same share. Legacy is asked where modern fails or has nothing. 0 goes ' +
    `back to mirror, and a smaller share is no question of gates. ${gates}`,
  arguments: [componentArgument],
  options: [
    {
      flags: '--percent <share>',
      description: 'the share of the keys, 0 to 100; must be given',
      parse: share,
    },
    dryRunOption,
    ...requestOptions,
  ],
  examples: [
    {
      command: 'markitect cutover switch-reads users --percent 5 --why "first users"',
      does: '5 % of the keys',
    },
    {
      command: 'markitect cutover switch-reads users --percent 100 --dry-run',
      does: 'only says what is in the way of all keys',
    },
  ],
  json: judgementShape,
  async run(context, args, { percent, dryRun, ...options }) {
    const name = argument(args);
    if (percent === undefined) {
      throw badOption(
        '--percent',
        'must be given: begin with a small share, e.g. --percent 5; 100 is all keys',
      );
    }
    const request = await requestOf(context, options, dryRun === true ? 'dry run' : undefined);
    const judgement = await withCutover(context, (cutover) =>
      cutover.switchReads(name, percent, request, { dryRun: dryRun ?? false }),
    );
    return printJudgement(context.terminal, judgement);
  },
});

interface Step<Result, Rest extends readonly unknown[]> {
  readonly word: string;
  readonly summary: string;
  readonly description: string;
  readonly example: readonly [options: string, does: string];
  readonly step: (
    cutover: CutoverAdministration,
    name: string,
    request: { readonly who: string; readonly why: string },
    ...rest: Rest
  ) => Promise<Result>;
}

function plainStep({
  word,
  summary,
  description,
  example,
  step,
}: Step<MovedState, []>): CommandDefinition<RequestOptions> {
  return defineCommand<RequestOptions>({
    name: ['cutover', word],
    summary,
    description: `${description} Not on a terminal: component, stage, percent, stage and percent before, separated by tabs.`,
    arguments: [componentArgument],
    options: requestOptions,
    examples: [{ command: `markitect cutover ${word} users ${example[0]}`, does: example[1] }],
    json: movedShape,
    async run(context, args, options) {
      const { terminal } = context;
      const request = await requestOf(context, options);
      const { component, stage, percent, from } = await withCutover(context, (cutover) =>
        step(cutover, argument(args), request),
      );
      if (terminal.json) terminal.printJson({ component, stage, percent, from });
      else if (!terminal.isInteractive) {
        terminal.print([component, stage, percent, from.stage, from.percent].join('\t'));
      } else {
        const { style } = terminal;
        const to = { stage, percent };
        terminal.print(
          stageText(from) === stageText(to)
            ? `${style.bold(component)} is in stage ${paintStage(style)(stageText(to))} already`
            : `${moveText(terminal, { component, from, to })}: ${style.green('done')}`,
        );
        terminal.note(terminal.noteStyle.dim(`  markitect cutover status ${component}`));
      }
    },
  });
}

function judgedStep({
  word,
  summary,
  description,
  example,
  step,
}: Step<Judgement, [options: { readonly dryRun: boolean }]>): CommandDefinition<SwitchOptions> {
  return defineCommand<SwitchOptions>({
    name: ['cutover', word],
    summary,
    description: description.trim(),
    arguments: [componentArgument],
    options: [dryRunOption, ...requestOptions],
    examples: [
      { command: `markitect cutover ${word} users ${example[0]}`, does: example[1] },
      { command: `markitect cutover ${word} users --dry-run`, does: 'only says what is in the way' },
    ],
    json: judgementShape,
    async run(context, args, { dryRun = false, ...options }) {
      const request = await requestOf(context, options, dryRun ? 'dry run' : undefined);
      const judgement = await withCutover(context, (cutover) =>
        step(cutover, argument(args), request, { dryRun }),
      );
      return printJudgement(context.terminal, judgement);
    },
  });
}

/** `users  mirror → served 5 %` */
function moveText(
  { style }: Terminal,
  { component, from, to }: Pick<Judgement, 'component' | 'from' | 'to'>,
): string {
  const paint = paintStage(style);
  return `${style.bold(component)}  ${paint(stageText(from))} → ${paint(stageText(to))}`;
}

/** Answers the exit code: that of a conflict where a step only judged may not be taken. */
function printJudgement(terminal: Terminal, judgement: Judgement): number {
  const { component, to, blockers, notes, isDone } = judgement;
  const { style } = terminal;
  const isBlocked = blockers.length > 0;
  if (terminal.json) terminal.printJson(judgement);
  else if (terminal.isInteractive) {
    const verdict = isDone
      ? style.green('done')
      : isBlocked
        ? style.red('may not be done now')
        : style.green('may be done');
    terminal.print(`${moveText(terminal, judgement)}: ${verdict}`);
    printFields(
      terminal,
      blockers.map(({ gate, reason }) => [gate, printableLine(reason), style.yellow]),
    );
  } else {
    terminal.print(
      `${component}\t${to.stage}\t${to.percent}\t${isDone ? 'done' : isBlocked ? 'blocked' : 'possible'}`,
    );
    terminal.print(...blockers.map(({ gate, reason }) => `${gate}\t${printableLine(reason)}`));
  }
  if (!terminal.json) {
    const width = terminal.isInteractive ? terminal.width : Number.POSITIVE_INFINITY;
    const paint = terminal.noteStyle.dim;
    terminal.note(...notes.flatMap((each) => wrapSpans([{ text: `note: ${each}`, paint }], width)));
  }
  return isBlocked ? errorOutcomes.Conflict.exitCode : 0;
}

function share(value: string): number {
  const number = /^\d{1,3}(?:\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= 100) return number;
  throw badOption('--percent', `must be a number from 0 to 100, not "${value}"`);
}
