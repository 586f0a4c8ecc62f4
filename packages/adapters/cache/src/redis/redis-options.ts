import { Invalid } from '@markitect/domain';

/** Which Redis, and how much patience with it. */
export interface RedisOptions {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. */
  readonly url: string;
  /** Unique among the connections of a process. Default `redis`. */
  readonly name?: string;
  /** Certificates (PEM) to trust in place of the system's, for `rediss://`. */
  readonly ca?: string;
  /** How long one attempt to connect, and the first use, may take, in milliseconds. Default 2000. */
  readonly connectTimeoutMs?: number;
  /** How long a command may take, in milliseconds. Default 500. */
  readonly commandTimeoutMs?: number;
  /** The longest pause between two attempts to connect again, in milliseconds. Default 1000. */
  readonly maxReconnectMs?: number;
}

/** Options with nothing left open. */
export interface ResolvedRedisOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly ca: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
  readonly maxReconnectMs: number;
}

/** Throws Invalid `CONFIG_INVALID`; the message never has the URL in it, which may hold a password. */
export function resolveRedisOptions(options: RedisOptions): ResolvedRedisOptions {
  const { name = 'redis', connectTimeoutMs = 2000, commandTimeoutMs = 500, maxReconnectMs = 1000 } = options;
  for (const [setting, value] of Object.entries({ connectTimeoutMs, commandTimeoutMs, maxReconnectMs })) {
    if (!(value >= 1 && value < 2 ** 31)) throw wrong(setting, `${setting} must be from 1 to 2147483647`);
  }
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  const database = url?.pathname.replace(/^\//, '') ?? '';
  const isRight = /^rediss?:$/.test(url?.protocol ?? '') && url?.hostname !== '' && /^\d*$/.test(database);
  if (url === undefined || !isRight) {
    throw wrong(
      'url',
      'the URL of Redis must be redis:// or rediss://[user:password@]host[:port][/database]',
    );
  }
  return {
    name,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 6379),
    tls: url.protocol === 'rediss:',
    ca: options.ca,
    username: decoded(url.username),
    password: decoded(url.password),
    database: Number(database),
    connectTimeoutMs,
    commandTimeoutMs,
    maxReconnectMs,
  };
}

function decoded(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('url', 'the user and the password in the URL of Redis must be percent-encoded');
  }
}

function wrong(setting: string, message: string): Invalid {
  return new Invalid('CONFIG_INVALID', message, { details: { setting } });
}
