import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { runCli } from '../../src/index.js';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** What a command said and how it ended. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Whether stdout and stderr are terminals. Default: no. */
  readonly tty?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts the command as soon as it listens for that. */
  readonly interrupt?: boolean;
  /** Answers questions. Default: nobody can be asked. */
  readonly confirm?: (question: string) => Promise<boolean>;
}

/** A new empty folder with these files in it. */
export async function makeFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'markitect-cli-')));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) await put(folder, name, content);
  return folder;
}

export async function put(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

/** Runs a command line in this process, on the sources. */
export async function run(cwd: string, argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const stream = (to: string[]) => ({
    write: (text: string) => to.push(text),
    isTTY: options.tty ?? false,
    columns: options.columns ?? 80,
  });
  const exitCode = await runCli(argv, {
    stdout: stream(out),
    stderr: stream(err),
    env: options.env ?? {},
    cwd,
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    onInterrupt: (stop) => {
      if (options.interrupt === true) setImmediate(stop);
      return () => undefined;
    },
  });
  return { exitCode, stdout: out.join(''), stderr: err.join('') };
}

/** The one JSON value of a command. Fails when stdout holds anything else. */
export async function runJson(
  cwd: string,
  ...argv: readonly string[]
): Promise<Outcome & { readonly value: Json }> {
  const outcome = await run(cwd, ['--json', ...argv]);
  return { ...outcome, value: JSON.parse(outcome.stdout) as Json };
}

/** A parsed value whose form the test states. */
export type Json = Readonly<Record<string, unknown>> & {
  readonly items: readonly (Readonly<Record<string, unknown>> & { readonly path: string })[];
  readonly failures: readonly { readonly source: string; readonly code: string; readonly remedy: string }[];
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string };
};

/** The built command. */
export const command = fileURLToPath(new URL('../../bin/markitect.js', import.meta.url));

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  /** Called with what stdout has said so far, each time it says something. */
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** What it gets on its standard input. Default: nothing. */
  readonly input?: string;
  /** Leave before anything is read from stdout, as `head -0` would. */
  readonly closeStdout?: boolean;
}

/** Runs the built command in a process of its own. */
export function runProcess(
  cwd: string,
  argv: readonly string[],
  { env = {}, uid, onStdout, input = '', closeStdout = false }: ProcessOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...argv], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid }),
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      onStdout?.(stdout, (signal) => child.kill(signal));
    });
    if (closeStdout) child.stdout.destroy();
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
