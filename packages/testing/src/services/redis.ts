import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from './gitea-program.js';
import { type ServiceCommand, ServiceProcess } from './service-process.js';

/** The path of `redis-server` on the PATH; undefined when it isn't there. */
export function redisProgram(): string | undefined {
  return onPath('redis-server');
}

/** A running Redis that keeps nothing: empty at the start and after `restart`. */
export interface RedisService {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  /** What the server printed, inside its temporary folder. */
  readonly logFile: string;
  /** SIGKILL: connections break, nothing is removed; `restart` brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port, stopping it first when it runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. May be called again. */
  stop(): Promise<void>;
}

/** Starts redis-server on a free loopback port: some 20 ms. @throws Error when it is not on the PATH or won't start. */
export async function startRedis(): Promise<RedisService> {
  const program = redisProgram();
  if (program === undefined) throw new Error('There is no redis-server on the PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'markitect-redis-'));
  const command: ServiceCommand = {
    program,
    args: (port) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
      ...['--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    ],
    env: { PATH: process.env.PATH },
    folder,
    logFile: join(folder, 'redis.log'),
    answers: ping,
  };
  let service: ServiceProcess;
  try {
    service = await ServiceProcess.start(command);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { port } = service;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    logFile: command.logFile,
    kill: () => service.kill(),
    restart: async () => {
      await service.stop();
      service = await ServiceProcess.startAt(command, port);
    },
    stop: async () => {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ping(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.end('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
