import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** How to start one program that serves on a loopback port. */
export interface ServiceCommand {
  readonly program: string;
  args(port: number): readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Removed when the process that started the service dies. */
  readonly folder: string;
  /** Takes what the program prints. */
  readonly logFile: string;
  /** Whether it answers. May throw: that is a no. */
  answers(port: number): Promise<boolean>;
}

/**
 * Waits until its standard input closes, which happens when the process that holds the other end dies, however it dies
 * (SIGKILL too). Then ends the service's process group and removes its folder.
 */
const WATCHER = `
const [pid, folder] = process.argv.slice(1);
process.stdin.resume().on('error', () => {}).on('close', () => {
  try { process.kill(-Number(pid), 'SIGKILL'); } catch {}
  require('node:fs').rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});`;

const START_DEADLINE = 60_000;
const STOP_DEADLINE = 15_000;

/** A running program, in a process group of its own. It dies with the process that started it. */
export class ServiceProcess {
  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
    private readonly watcher: ChildProcess,
  ) {}

  /** Starts it on a free port, on another one when somebody else was quicker. Done when it answers. */
  static async start(command: ServiceCommand): Promise<ServiceProcess> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await ServiceProcess.startAt(command, await freePort());
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  /** The same on a port of the caller's. @throws Error with the end of its log when it ends or does not answer. */
  static async startAt(command: ServiceCommand, port: number): Promise<ServiceProcess> {
    const log = openSync(command.logFile, 'a', 0o600);
    const child = spawn(command.program, command.args(port), {
      cwd: command.folder,
      env: command.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    await once(child, 'spawn');
    const watcher = spawn(process.execPath, ['-e', WATCHER, String(child.pid), command.folder], {
      detached: true,
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Neither may keep a test process alive that forgot to stop the service: its death ends them.
    child.unref();
    watcher.unref();
    if (watcher.stdin instanceof Socket) watcher.stdin.unref();
    const service = new ServiceProcess(port, child, watcher);
    const end = Date.now() + START_DEADLINE;
    while (!(await command.answers(port).catch(() => false)) || service.ended) {
      if (service.ended || Date.now() > end) {
        await service.kill();
        throw new Error(
          `${command.program} did not start:\n${readFileSync(command.logFile, 'utf8').slice(-2000)}`,
        );
      }
      await pause(15);
    }
    return service;
  }

  /** Whether the process is gone. */
  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** SIGTERM to the group, SIGKILL when that does not help in time. Does nothing when it has ended. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGKILL to the group: what a crash looks like. Does nothing when it has ended. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    // The watcher would remove the folder: it goes first.
    this.watcher.kill('SIGKILL');
    if (!this.ended) {
      const exited = once(this.child, 'exit');
      this.#signal(signal);
      const late = setTimeout(() => this.#signal('SIGKILL'), STOP_DEADLINE);
      await exited;
      clearTimeout(late);
    }
    this.#signal('SIGKILL'); // what the program itself had started
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

/** A port of the loopback address that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const closed = once(server, 'close');
  server.close();
  await closed;
  if (address === null || typeof address === 'string') throw new Error('The listener has no port.');
  return address.port;
}
