import { createInterface } from 'node:readline/promises';
import { errorCodes } from '@markitect/domain';
import { errorOutcomes } from '@markitect/ports';
import { type CliHost, runCli } from './run-cli.js';

/** The exit code of a process that was interrupted twice. */
const EXIT_INTERRUPTED = 130;
/** What Node ends with when a module waits for what will never come. */
const EXIT_UNSETTLED = 13;

/** Runs the command line of this process and answers its exit code. */
export async function runProcess(): Promise<number> {
  const isOver = watchForEarlyEnd();
  // The reader of a pipe may leave (`| head`): that is its right and no error.
  const leave = (error: NodeJS.ErrnoException) => {
    isOver();
    process.exit(error.code === 'EPIPE' ? (process.exitCode ?? 0) : errorOutcomes.Unavailable.exitCode);
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') sayOutputFailed(error);
    leave(error);
  });
  // There is nowhere left to say it.
  process.stderr.on('error', leave);
  const cwd = workingFolder();
  if (cwd === undefined) {
    isOver();
    process.stderr.write('error: this folder does not exist any more\n  fix: Go into another one: cd ~\n');
    return errorOutcomes.Invalid.exitCode;
  }
  const exitCode = await runCli(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    onInterrupt,
    readInput,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { confirm } : {}),
  } satisfies CliHost);
  isOver();
  return exitCode;
}

/**
 * Says so where the process ends although the command has not: nothing is left that could bring on what it waits for.
 * A defect must not look like a command that had nothing to say. Answers how to undo that.
 */
function watchForEarlyEnd(): () => void {
  const sayIt = (exitCode: number) => {
    // Whoever ends the process on purpose has said why.
    if (exitCode !== 0 && exitCode !== EXIT_UNSETTLED) return;
    const code = 'UNEXPECTED';
    process.exitCode = errorOutcomes.Unexpected.exitCode;
    process.stderr.write(
      `error: the command ended before it was done (${code})\n  fix: ${errorCodes[code].remedy}\n`,
    );
  };
  process.on('exit', sayIt);
  return () => process.off('exit', sayIt);
}

async function readInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY)
    process.stderr.write('Write the text, and end it with Ctrl-D on a line of its own.\n');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** A full disk behind `>`, for example. On stderr only: stdout is what has failed. */
function sayOutputFailed(error: NodeJS.ErrnoException): void {
  const code = 'FILE_SYSTEM_FAILED';
  const reason = error.code ?? error.message;
  process.stderr.write(
    `error: the output could not be written: ${reason} (${code})\n  fix: ${errorCodes[code].remedy}\n`,
  );
}

/** `undefined`: it was removed, by `workspace finish` for example, and the shell has not noticed. */
function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function onInterrupt(stop: () => void): () => void {
  let interrupts = 0;
  const interrupt = () => {
    interrupts += 1;
    if (interrupts > 1) process.exit(EXIT_INTERRUPTED);
    stop();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}

/** Anything but a yes is a no, the end of input included. */
async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: ended.signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    process.stderr.write('\n');
    return false;
  } finally {
    lines.close();
  }
}
