#!/usr/bin/env node
import { createRequire } from 'node:module';

/**
 * The process of the `markitect` command. Nothing but Node's own modules is loaded until it is known that more is
 * needed, so that `--version` answers at once.
 */
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  process.stdout.write(`${version}\n`);
} else {
  const { runProcess } = await import('./program/run-process.js');
  process.exitCode = await runProcess();
}
