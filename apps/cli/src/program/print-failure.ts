import { inspect } from 'node:util';
import { printableLine, printableText } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { failureOf } from './failure.js';

/**
 * Prints an error: its message, what to do about it and its code on stderr; with `--json` also as the one value on
 * stdout. The stack comes with `MARKITECT_DEBUG=1`, causes with `--verbose`.
 */
export function printFailure(
  terminal: Terminal,
  error: unknown,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const { code, message, remedy, details } = failureOf(error);
  const { noteStyle } = terminal;
  terminal.complain(
    `${noteStyle.red('error:')} ${printableLine(message)} ${noteStyle.dim(`(${code})`)}`,
    `  ${noteStyle.dim('fix:')} ${remedy}`,
  );
  if ((env['MARKITECT_DEBUG'] ?? '0') !== '0' && env['MARKITECT_DEBUG'] !== '') {
    terminal.complain(printableText(inspect(error)));
  } else if (terminal.verbose) {
    for (const cause of causesOf(error))
      terminal.complain(`  ${noteStyle.dim('cause:')} ${printableLine(cause)}`);
  }
  if (terminal.json) terminal.printJson({ error: { code, message, remedy, details } });
}

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  for (let at = error; at instanceof Error && at.cause !== undefined && causes.length < 8; at = at.cause) {
    causes.push(at.cause instanceof Error ? at.cause.message : inspect(at.cause));
  }
  return causes;
}
