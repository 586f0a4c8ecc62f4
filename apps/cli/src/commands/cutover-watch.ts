import type { CutoverAdministration, CutoverStatus } from '@markitect/api';
import type { CommandContext } from '../program/command-context.js';
import { failureOf } from '../program/failure.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { printEntry } from './cutover-log.js';
import { nothingToMove, paintStage, stageText, withCutover } from './cutover-view.js';

/** `markitect cutover watch` */
export const cutoverWatch = defineCommand({
  name: ['cutover', 'watch'],
  summary: 'repair, watch and follow flags until interrupted, and tell what changes',
  description:
    'What a running server does as well: copies what waits, follows feature flags, reverses a switch that passes its ' +
    'limits, lets the other store stand in while one is down, and gives back when it has returned. Any number may run. ' +
    'Not on a terminal: a line for each change as of `cutover log`; with --json: a line of JSON.',
  examples: [{ command: 'markitect cutover watch', does: 'until Ctrl-C' }],
  json: `{ id: number; component: string; at: string; who: string; action: string; why: string; from: { … }; to: { … } }`,
  async run(context) {
    const { terminal } = context;
    const stop = new AbortController();
    const restore = context.onInterrupt(() => stop.abort());
    try {
      await withCutover(context, async (cutover) => {
        const items = await cutover.status();
        if (items.length === 0) {
          terminal.note(nothingToMove);
          return;
        }
        await cutover.keep((component, error) => {
          const { code, message } = failureOf(error);
          terminal.complain(`${terminal.noteStyle.yellow(component)}: ${printableLine(message)} (${code})`);
        });
        if (!terminal.json) terminal.note(`watching ${items.map(shortStatus(context)).join(', ')}`);
        await follow(context, cutover, stop.signal);
      });
    } finally {
      restore();
    }
  },
});

function shortStatus({ terminal }: CommandContext): (status: CutoverStatus) => string {
  return (status) => `${status.component} (${paintStage(terminal.noteStyle)(stageText(status))})`;
}

async function follow(
  context: CommandContext,
  cutover: CutoverAdministration,
  signal: AbortSignal,
): Promise<void> {
  const { terminal } = context;
  for await (const entry of cutover.follow({ signal })) {
    if (terminal.json) terminal.print(JSON.stringify(entry));
    else printEntry(terminal, entry);
  }
}
