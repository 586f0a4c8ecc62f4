import { type CliHost, runCli } from './run-cli.js';

/** The exit code of a process that was interrupted twice. */
const EXIT_INTERRUPTED = 130;

/** Runs the command line of this process and answers its exit code. */
export async function runProcess(): Promise<number> {
  // The reader of a pipe may leave (`| head`): that is its right and no error.
  const leave = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? 0);
  };
  process.stdout.on('error', leave);
  process.stderr.on('error', leave);
  return runCli(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt,
  } satisfies CliHost);
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
