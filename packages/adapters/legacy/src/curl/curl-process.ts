import { spawn } from 'node:child_process';

/** What one process has said. */
export interface CurlResult {
  /** 0: the exchange is complete, whatever the status. */
  readonly exitCode: number | null;
  readonly output: Buffer;
  /** What it was told to write at the end, and before that its own messages. */
  readonly report: string;
  /** Why it was ended from here. */
  readonly endedBy: 'signal' | 'size' | 'time' | undefined;
}

export interface CurlRun {
  readonly command: string;
  /** The configuration, which no other process can see: unlike arguments it goes through a pipe. */
  readonly config: string;
  readonly maxBytes: number;
  /** The process is killed after this many milliseconds, should it not end by itself. */
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Runs one `curl`. Rejects with Node's error when it cannot be started. */
export function runCurl({ command, config, maxBytes, limitMs, signal }: CurlRun): Promise<CurlResult> {
  return new Promise((resolve, reject) => {
    // -q: the settings of whoever runs this are not asked.
    const child = spawn(command, ['-q', '--config', '-'], { stdio: 'pipe' });
    const output: Buffer[] = [];
    let bytes = 0;
    let report = '';
    let endedBy: CurlResult['endedBy'];
    const end = (why: CurlResult['endedBy']) => {
      endedBy ??= why;
      child.kill('SIGKILL');
    };
    const onAbort = () => end('signal');
    const timer = setTimeout(() => end('time'), limitMs);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) end('size');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      report = (report + chunk.toString()).slice(-10_000);
    });
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (exitCode) => {
      settle();
      resolve({ exitCode, output: Buffer.concat(output), report, endedBy });
    });
    // It may have ended before it has read all.
    child.stdin.on('error', () => undefined);
    child.stdin.end(config);
  });
}
