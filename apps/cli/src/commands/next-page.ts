import type { Page } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';

/** Where there are more results, says on stderr with which command to get them. JSON has the cursor already. */
export function noteNextPage(context: CommandContext, page: Page<unknown>): void {
  const { terminal } = context;
  if (page.nextCursor === undefined || terminal.json) return;
  terminal.note(
    ...(terminal.isInteractive ? [''] : []),
    terminal.noteStyle.dim(`More: ${context.commandLineWith({ '--cursor': page.nextCursor })}`),
  );
}
