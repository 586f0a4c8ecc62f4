import type { BackfillProgress, CutoverStatus } from '@markitect/api';
import { type CutoverRun, type CutoverSide, cutoverSides, type DiffState, isCutOff } from '@markitect/domain';
import { showSince } from '../terminal/age.js';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showInstant, showSeconds } from '../terminal/quantities.js';
import { showPath } from '../terminal/show-path.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { defineCommand } from './command.js';
import {
  componentArgument,
  type Field,
  nothingToMove,
  paintStage,
  printFields,
  stageText,
  withCutover,
} from './cutover-view.js';

/** `markitect cutover status` */
export const cutoverStatus = defineCommand({
  name: ['cutover', 'status'],
  summary: 'where components stand, and what blocks their next step',
  description:
    'Of one component in full. Not on a terminal: one line for each with component, stage, percent, backfill (status), ' +
    'diff (status, keys that differ), compared and differing reads, repairs, lag in ms, next step and what blocks it, ' +
    'separated by tabs.',
  arguments: [{ ...componentArgument, optional: true }],
  examples: [
    { command: 'markitect cutover status', does: 'all components at a glance' },
    { command: 'markitect cutover status users', does: 'everything about one' },
  ],
  json: `{
  items: {
    component: string;
    stage: 'legacy' | 'mirror' | 'served' | 'modern' | 'complete'; percent: number; epoch: number;
    switchingTo?: string;      // a change is under way
    isCarryingOver: boolean;   // some keys are still right on the other side only
    isShared: boolean;         // both sides are one store: nothing is copied
    isDegraded: boolean;       // the other side answers while the right one is down
    isUp: { legacy: boolean; modern: boolean };
    failures: { legacy?: { code: string; message: string }; modern?: { … } };   // why a side is down
    places: { legacy: string; modern: string };
    backfill?: {
      status: string; seen: number; copied: number; total?: number; …
      keysPerSecond?: number; remainingMs?: number;   // while it runs
    };
    diff?: { status: string; percent: number; compared: number; onlyLegacy: number; onlyModern: number; different: number; … };
    repairs: { inFlight: number; pending: number }; lagMs: number;
    measured: { side: string; operations: number; errors: number; medianMs?: number; compared: number; mismatched: number }[];
    limits: { … }; changedAt: string;
    next?: 'start' | 'switch-reads' | 'switch-writes' | 'complete';
    blockers: { gate: string; reason: string }[];
  }[];
}`,
  async run(context, [name]) {
    const { terminal } = context;
    const items = await withCutover(context, (cutover) => cutover.status(name));
    if (terminal.json) {
      terminal.printJson({ items });
      return;
    }
    const [only] = items;
    if (only === undefined) terminal.note(nothingToMove);
    else if (name !== undefined && terminal.isInteractive) printOne(terminal, only, context.cwd);
    else printAll(terminal, items);
  },
});

function printAll(terminal: Terminal, items: readonly CutoverStatus[]): void {
  const { style } = terminal;
  printColumns<CutoverStatus>(
    terminal,
    [
      { heading: 'COMPONENT', text: ({ component }) => component, paint: style.bold },
      { heading: 'STAGE', text: stageText, exact: ({ stage }) => stage, paint: paintStage(style) },
      { heading: '', text: () => '', exact: ({ percent }) => String(percent) },
      {
        heading: 'BACKFILL',
        text: ({ backfill }) => shortBackfill(backfill),
        exact: ({ backfill }) => backfill?.status ?? '',
      },
      {
        heading: 'DIFF',
        text: ({ diff }) => shortDiff(diff),
        exact: ({ diff }) => diff?.status ?? '',
        shorten: 'end',
      },
      {
        heading: '',
        text: () => '',
        exact: ({ diff }) => (diff === undefined ? '' : String(differing(diff))),
      },
      {
        heading: 'SHADOW',
        text: (each) => (compared(each) === 0 ? '' : `${mismatched(each)}/${compared(each)}`),
        exact: (each) => `${compared(each)}\t${mismatched(each)}`,
        align: 'right',
      },
      { heading: 'REPAIRS', text: ({ repairs }) => String(repairs.pending), align: 'right' },
      { heading: 'LAG', text: lagText, exact: ({ lagMs }) => String(lagMs), align: 'right' },
      { heading: 'NEXT', text: nextText, exact: ({ next }) => next ?? '', shorten: 'end', least: 8 },
      {
        heading: '',
        text: () => '',
        exact: ({ blockers }) => blockers.map(({ reason }) => printableLine(reason)).join('; '),
      },
    ],
    items,
  );
  if (!terminal.isInteractive) return;
  for (const each of items) {
    const notes = [
      ...cutoverSides.filter((side) => !each.isUp[side]).map((side) => style.red(`${side} is down`)),
      ...(each.isDegraded ? [style.red('degraded: the other side stands in')] : []),
      ...(each.switchingTo === undefined ? [] : [style.yellow(`being changed to ${each.switchingTo}`)]),
      ...each.blockers.map(({ reason }) => `${style.yellow('blocked:')} ${printableLine(reason)}`),
    ];
    if (notes.length === 0) continue;
    terminal.print('', style.bold(each.component));
    for (const note of notes) {
      terminal.print(...wrapSpans([{ text: note }], terminal.width - 2).map((line) => `  ${line}`));
    }
  }
}

function printOne(terminal: Terminal, status: CutoverStatus, cwd: string): void {
  const { style } = terminal;
  const { places, backfill, diff, measured, lastChange, blockers, next, isShared } = status;
  const side = (name: CutoverSide): Field => {
    const path = places[name];
    const place = path.startsWith('/') ? showPath(path, cwd) : path;
    const failure = status.failures[name];
    return failure === undefined
      ? [name, place]
      : [name, `${place}: down. ${printableLine(failure.message)} (${failure.code})`, style.red];
  };
  const copying: readonly Field[] = isShared
    ? [['copying', 'none: both sides are one store']]
    : [
        ['backfill', longBackfill(backfill)],
        ['diff', longDiff(diff), diff !== undefined && differing(diff) > 0 ? style.red : undefined],
        ['repairs', repairsText(status), status.lagMs > 0 ? style.yellow : undefined],
      ];
  terminal.print(
    `${style.bold(status.component)}  ${paintStage(style)(stageText(status))}  ${style.dim(`since ${showInstant(status.changedAt)}, ${showSince(status.changedAt)}`)}`,
  );
  printFields(terminal, [
    ...(status.isDegraded
      ? [['degraded', 'the other side stands in until the right one is back', style.red] as const]
      : []),
    ...(status.switchingTo === undefined
      ? []
      : [['changing', `to ${status.switchingTo}`, style.yellow] as const]),
    side('legacy'),
    side('modern'),
    ...copying,
    ['shadow', shadowText(status)],
    ...measured.map(
      ({ side, operations, errors, medianMs }) =>
        [
          side,
          `${countOf(operations, 'operation')}, ${countOf(errors, 'error')}${medianMs === undefined ? '' : `, median ${medianMs.toFixed(1)} ms`}`,
        ] as const,
    ),
    ...(lastChange === undefined
      ? []
      : [
          [
            'last',
            `${lastChange.action} by ${printableLine(lastChange.who)}: ${printableLine(lastChange.why)}`,
          ] as const,
        ]),
    [
      'next',
      next === undefined ? 'nothing: it is complete' : nextText(status),
      next === undefined ? style.green : style.bold,
    ],
    ...blockers.map(
      ({ reason }, index) => [index === 0 ? 'blocked by' : '', printableLine(reason), style.yellow] as const,
    ),
  ]);
}

function differing({ onlyLegacy, onlyModern, different }: DiffState): number {
  return onlyLegacy + onlyModern + different;
}

function compared({ measured }: CutoverStatus): number {
  return measured.reduce((sum, each) => sum + each.compared, 0);
}

function mismatched({ measured }: CutoverStatus): number {
  return measured.reduce((sum, each) => sum + each.mismatched, 0);
}

/** To people it is said that the same step comes again. */
function nextText({ next, stage }: CutoverStatus): string {
  return next === 'switch-reads' && stage === 'served' ? `${next} (a higher share)` : (next ?? '');
}

function shortBackfill(backfill: BackfillProgress | undefined): string {
  if (backfill === undefined) return '';
  if (backfill.status === 'complete') return 'complete';
  const { seen, total, remainingMs } = backfill;
  const share = total === undefined || total === 0 ? String(seen) : `${Math.floor((seen / total) * 100)} %`;
  const standing = standingOf(backfill);
  if (standing !== 'running') return `${share}, ${standing}`;
  return remainingMs === undefined ? share : `${share}, ETA ${showSeconds(remainingMs / 1000)}`;
}

function longBackfill(backfill: BackfillProgress | undefined): string {
  if (backfill === undefined) return 'not run';
  const { status, seen, total, copied, updatedAt, keysPerSecond, remainingMs } = backfill;
  const of = total === undefined || status === 'complete' ? '' : ` of ${total}`;
  const left = remainingMs === undefined ? '' : `, ETA ${showSeconds(remainingMs / 1000)}`;
  const pace =
    keysPerSecond === undefined ? showSince(updatedAt) : `${keysPerSecond.toFixed(0)} keys/s${left}`;
  return `${standingOf(backfill)}, ${seen}${of} keys seen, ${copied} copied, ${pace}${endOf(backfill)}`;
}

function shortDiff(diff: DiffState | undefined): string {
  if (diff === undefined) return '';
  if (diff.status !== 'complete') return `${standingOf(diff)} at ${diff.compared}`;
  const count = differing(diff);
  // What counts is how old the first key is that was compared.
  return `${count === 0 ? 'clean' : `${count} differ`} ${showSince(diff.startedAt)}`;
}

function longDiff(diff: DiffState | undefined): string {
  if (diff === undefined) return 'not run';
  const { compared: keys, percent, onlyLegacy, onlyModern, different, startedAt } = diff;
  const sample = percent < 100 ? ` (a sample of ${percent} %)` : '';
  const found =
    differing(diff) === 0
      ? 'none differs'
      : `${different} differ, ${onlyLegacy} only in legacy, ${onlyModern} only in modern`;
  return `${standingOf(diff)}, ${keys} keys${sample}: ${found}, begun ${showSince(startedAt)}${endOf(diff)}`;
}

/** What a run does: it may say that it runs, and have been killed. */
function standingOf(run: CutoverRun): string {
  return isCutOff(run, Date.now()) ? 'cut off' : run.status;
}

function endOf({ failure }: CutoverRun): string {
  return failure === undefined ? '' : `: ${printableLine(failure.message)} (${failure.code})`;
}

function repairsText(status: CutoverStatus): string {
  const { pending, inFlight } = status.repairs;
  const long = pending === 0 && status.lagMs > 0 ? `, the oldest for ${lagText(status)}` : '';
  const flight = inFlight === 0 ? '' : `, ${inFlight} in flight${long}`;
  const carried = status.isCarryingOver ? '; some are still read from the other side' : '';
  return pending === 0
    ? `none${flight}${carried}`
    : `${pending} waiting, for ${lagText(status)}${flight}${carried}`;
}

function lagText({ lagMs }: CutoverStatus): string {
  return lagMs === 0 ? '' : showSeconds(lagMs / 1000);
}

function shadowText(status: CutoverStatus): string {
  const count = compared(status);
  return count === 0
    ? 'no reads compared lately'
    : `${countOf(count, 'read')} compared, ${mismatched(status)} differed`;
}
