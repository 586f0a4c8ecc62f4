import { EXIT_PARTIAL } from '@markitect/ports';
import { withProgress } from '../program/with-progress.js';
import { countOf, showSeconds } from '../terminal/quantities.js';
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
  readonly rate?: number;
  readonly maxLatency?: number;
  readonly restart?: boolean;
}

/** `markitect cutover backfill` */
export const cutoverBackfill = defineCommand<Options>({
  name: ['cutover', 'backfill'],
  summary: 'copy what a component has had before to its other store',
  description:
    'Key by key, what is alike already is left alone, and what is written meanwhile is never put back to what it was. May ' +
    'be interrupted (Ctrl-C: exit code 6) and goes on where it was; --restart begins anew. Safe beside everything else.',
  arguments: [componentArgument],
  options: [
    {
      flags: '--rate <keys>',
      description: 'the most keys in a second',
      defaultText: 'as many as can be',
      parse: wholeNumber('--rate', 1, 1_000_000),
    },
    {
      flags: '--max-latency <ms>',
      description: 'wait while live operations have a median above this',
      defaultText: 'never',
      parse: wholeNumber('--max-latency', 1, 60_000),
    },
    { flags: '--restart', description: 'begin at the first key, whatever was done before' },
    ...requestOptions,
  ],
  examples: [
    { command: 'markitect cutover backfill users', does: 'as fast as it can be' },
    { command: 'markitect cutover backfill users --rate 500', does: 'with little load' },
    { command: 'markitect cutover backfill users --max-latency 20', does: 'giving way to live traffic' },
  ],
  json: `{
  status: 'complete' | 'stopped';
  seen: number; copied: number; total?: number;
  resumed?: { at: string; seen: number };   // when it was last gone on with
  ${runShape}
}`,
  async run(context, args, { rate, maxLatency, restart, ...options }) {
    const { terminal } = context;
    const { style } = terminal;
    const { backfillProgress } = await import('../terminal/cutover-progress.js');
    const request = await requestOf(context, options, '');
    const started = performance.now();
    const state = await withCutover(context, (cutover) =>
      withProgress(context, backfillProgress, 'the keys under way', (run) =>
        cutover.backfill(
          argument(args),
          {
            ...given({ perSecond: rate, maxLatencyMs: maxLatency, restart }),
            onResume: (former) => noteResumed(terminal, `${countOf(former.seen, 'key')} seen`, former),
            ...run,
          },
          request,
        ),
      ),
    );
    if (terminal.json) terminal.printJson(state);
    else {
      const took = showSeconds((performance.now() - started) / 1000);
      const status = state.status === 'complete' ? style.green('complete') : style.yellow(state.status);
      terminal.print(
        `${status}: ${countOf(state.seen, 'key')} seen, ${state.copied} copied ${style.dim(`in ${took}`)}`,
      );
    }
    warnLeftOut(terminal, state);
    if (state.status === 'complete') return 0;
    if (!terminal.json)
      terminal.complain(terminal.noteStyle.yellow('Run the same command again for the rest.'));
    return EXIT_PARTIAL;
  },
});
