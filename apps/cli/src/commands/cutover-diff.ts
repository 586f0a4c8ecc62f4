import type { KeyDifference } from '@markitect/api';
import { cutoverSides, type CutoverSide, type DiffState } from '@markitect/domain';
import { EXIT_PARTIAL } from '@markitect/ports';
import { withProgress } from '../program/with-progress.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showSeconds } from '../terminal/quantities.js';
import { fitEnd } from '../terminal/fit.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';
import {
  componentArgument,
  requestOf,
  requestOptions,
  type RequestOptions,
  withCutover,
} from './cutover-view.js';
import { noteResumed, runShape, warnLeftOut } from './cutover-runs.js';
import { given, wholeNumber } from './option-values.js';

interface Options extends RequestOptions {
  readonly sample: number;
  readonly repair?: CutoverSide | 'primary';
  readonly restart?: boolean;
  readonly limit: number;
}

/** The most keys that are shown. */
const MAX_SHOWN = 10_000;

/** `markitect cutover diff` */
export const cutoverDiff = defineCommand<Options>({
  name: ['cutover', 'diff'],
  summary: 'compare both stores of a component, key by key',
  description:
    'In both directions. Keys that are written meanwhile are looked at again. Exit code 6 when something differs, has no ' +
    'key or one that nobody can ask for, or when it was interrupted: then it goes on where it was, unless that was begun ' +
    'too long ago. The step to the modern store asks for a full one without differences, which a sample does not take the ' +
    'place of, unless it finds some. Not on a terminal: key, kind, field, legacy and modern (JSON), separated by tabs; of a damaged key what is damaged.',
  arguments: [componentArgument],
  options: [
    {
      flags: '--sample <percent>',
      description: 'compare only this share of the keys, 1 to 100',
      default: 100,
      parse: wholeNumber('--sample', 1, 100),
    },
    {
      flags: '--repair <side>',
      description: 'copy what differs from this side, or the one that answers',
      choices: [...cutoverSides, 'primary'],
    },
    {
      flags: '--limit <count>',
      description: 'show so many differing keys; all are counted',
      default: 20,
      parse: wholeNumber('--limit', 0, MAX_SHOWN),
    },
    { flags: '--restart', description: 'begin at the first key, whatever was done before' },
    ...requestOptions,
  ],
  examples: [
    { command: 'markitect cutover diff users', does: 'all keys' },
    { command: 'markitect cutover diff users --sample 5', does: 'a quick look' },
    {
      command: 'markitect cutover diff users --repair legacy',
      does: 'makes modern be as legacy where they differ',
    },
  ],
  json: `{
  status: 'complete' | 'stopped';
  percent: number; compared: number;
  onlyLegacy: number; onlyModern: number; different: number;   // of these keys, left after a repair
  unaddressable?: { count: number; first: string[] };          // keys that nobody can ask for
  ${runShape}
  differences: {
    key: string;
    kind: 'only-legacy' | 'only-modern' | 'different' | 'damaged';
    fields: { path: string; legacy?: unknown; modern?: unknown }[];
    damage?: string;                // what of a damaged one cannot be read
  }[];
}`,
  async run(context, args, { sample, repair, restart, limit, ...options }) {
    const { terminal } = context;
    const { diffProgress } = await import('../terminal/cutover-progress.js');
    const request = await requestOf(context, options, '');
    const differences: KeyDifference[] = [];
    let found = 0;
    const onDifference = (each: KeyDifference): void => {
      found += 1;
      if (differences.length < limit) differences.push(each);
    };
    const started = performance.now();
    const state = await withCutover(context, (cutover) =>
      withProgress(context, diffProgress, 'the keys under way', (run) =>
        cutover.diff(
          argument(args),
          {
            ...given({ repair, restart }),
            percent: sample,
            onDifference,
            onResume: (former) =>
              noteResumed(terminal, `${countOf(former.compared, 'key')} compared`, former),
            ...run,
          },
          request,
        ),
      ),
    );
    const differing = state.onlyLegacy + state.onlyModern + state.different;
    if (terminal.json) terminal.printJson({ ...state, differences });
    else {
      for (const each of differences) printDifference(terminal, each);
      printRest(terminal, found, differences.length);
      printSummary(terminal, state, differing, (performance.now() - started) / 1000);
    }
    warnLeftOut(terminal, state);
    const isClean =
      differing === 0 && (state.unkeyed ?? []).length === 0 && state.unaddressable === undefined;
    return isClean && state.status === 'complete' ? 0 : EXIT_PARTIAL;
  },
});

function printDifference(terminal: Terminal, { key, kind, fields, damage }: KeyDifference): void {
  const { style } = terminal;
  if (!terminal.isInteractive) {
    const rows =
      damage === undefined
        ? fields.map(({ path, legacy, modern }) => [key, kind, path, written(legacy), written(modern)])
        : [[key, kind, damage]];
    terminal.print(...rows.map((row) => row.map(printableLine).join('\t')));
    return;
  }
  const kinds = {
    'only-legacy': 'only in legacy',
    'only-modern': 'only in modern',
    different: 'differs',
    damaged: 'is damaged',
  };
  terminal.print(`${style.bold(printableLine(key))}  ${style.yellow(kinds[kind])}`);
  if (damage !== undefined) terminal.print(fitEnd(`  ${printableLine(damage)}`, terminal.width));
  if (kind !== 'different') return;
  for (const { path, legacy, modern } of fields) {
    const line = (sign: string, value: unknown, paint: (text: string) => string) =>
      paint(fitEnd(`    ${sign} ${printableLine(written(value))}`, terminal.width));
    terminal.print(`  ${printableLine(path)}`, line('-', legacy, style.red), line('+', modern, style.green));
  }
}

/** Says that not everything was shown. */
function printRest(terminal: Terminal, found: number, shown: number): void {
  if (found === shown) return;
  const line = `… ${found - shown} more: --limit ${Math.min(found, MAX_SHOWN)}`;
  if (terminal.isInteractive) terminal.print(terminal.style.dim(line));
  else terminal.note(line);
}

function written(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

function printSummary(terminal: Terminal, state: DiffState, differing: number, seconds: number): void {
  const { style } = terminal;
  const { status, compared, percent, onlyLegacy, onlyModern, different } = state;
  const sample = percent < 100 ? `, a sample of ${percent} %` : '';
  const found =
    differing === 0
      ? style.green('none differs')
      : style.red(`${different} differ, ${onlyLegacy} only in legacy, ${onlyModern} only in modern`);
  const lead = status === 'complete' ? '' : `${style.yellow(status)} after `;
  const line = `${lead}${countOf(compared, 'key')} compared${sample}: ${found} ${style.dim(`in ${showSeconds(seconds)}`)}`;
  // For a program the rows alone are the result.
  if (terminal.isInteractive) terminal.print(line);
  else terminal.note(line);
}
