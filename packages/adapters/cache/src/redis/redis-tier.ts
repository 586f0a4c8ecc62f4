import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';
import type { RedisConnection } from './redis.connection.js';
import { toCacheError } from './redis-error.js';
import { RedisScript } from './redis-script.js';

/** What a {@link RedisTier} is made of. */
export interface RedisTierOptions {
  readonly connection: RedisConnection;
  /** Put before each key; `clear` empties only what has it. Default `markitect-cache`. */
  readonly prefix?: string;
  readonly now?: () => number;
}

const BAR = '|'.charCodeAt(0);
const TEXT = 't'.charCodeAt(0);

/** One command for all entries: 64 of their own would cost twice as much, most of it here and in the system. */
const setScript = new RedisScript(`
for index, key in ipairs(KEYS) do
  local ms, value = ARGV[2 * index - 1], ARGV[2 * index]
  if ms == '' then
    redis.call('SET', key, value)
  elseif ms == '0' then
    redis.call('UNLINK', key)
  else
    redis.call('SET', key, value, 'PX', ms)
  end
end
`);

/**
 * A tier in Redis: each operation is one round trip, whatever the number of keys. Text is stored as text, bytes as
 * bytes, behind `t<version>|<end>|` or `b…`. Redis lets go of what has expired by itself.
 */
export class RedisTier implements CacheTier {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #now: () => number;

  constructor({ connection, prefix = 'markitect-cache', now = Date.now }: RedisTierOptions) {
    this.#connection = connection;
    this.#prefix = `${prefix}:e:`;
    this.#now = now;
  }

  async getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const command = ['MGET', ...keys.map((key) => this.#prefix + key)];
    const found = await this.#translated('read', () => this.#connection.command(command, { bytes: true }));
    const now = this.#now();
    return (found as (Buffer | null)[]).map((bytes) => {
      const entry = bytes === null ? undefined : read(bytes);
      return entry !== undefined && entry.expiresAt > now ? entry : undefined;
    });
  }

  async setMany(entries: readonly (readonly [string, TierEntry])[]): Promise<void> {
    if (entries.length === 0) return;
    const now = this.#now();
    const keys: string[] = [];
    const values: (string | Buffer)[] = [];
    for (const [key, entry] of new Map(entries)) {
      keys.push(this.#prefix + key);
      values.push(lifetime(entry, now), written(entry));
    }
    await this.#translated('write', () => this.#connection.script(setScript, keys, values));
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const command = ['UNLINK', ...keys.map((key) => this.#prefix + key)];
    await this.#translated('delete', () => this.#connection.command(command));
  }

  /** An entry for a script that knows its version: key, lifetime in milliseconds, what stands before and after the version. */
  written(key: string, entry: TierEntry): readonly [string, string, string, string | Buffer] {
    const { kind, rest } = parts(entry);
    return [this.#prefix + key, lifetime(entry, this.#now()), kind, rest];
  }

  /** Looks through all keys of the database, a thousand at a time: nobody else waits for it. */
  async clear(): Promise<void> {
    const match = `${this.#prefix.replace(/[*?[\]\\^-]/g, '\\$&')}*`;
    let cursor = '0';
    do {
      const command = ['SCAN', cursor, 'MATCH', match, 'COUNT', '1000'];
      const page = await this.#translated('clear', () => this.#connection.command(command));
      const [next, keys] = page as [string, string[]];
      if (keys.length > 0)
        await this.#translated('clear', () => this.#connection.command(['UNLINK', ...keys]));
      cursor = next;
    } while (cursor !== '0');
  }

  /** Redis does not say what a part of it holds. */
  usage(): Promise<TierUsage> {
    return Promise.resolve({ entries: undefined, bytes: undefined });
  }

  async #translated<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toCacheError('CACHE_TIER_FAILED', `${doing} entries`, error);
    }
  }
}

/** In milliseconds for Redis; empty: for ever. Beyond 30 years it would refuse, and the entry itself says when it ends. */
function lifetime({ expiresAt }: TierEntry, now: number): string {
  const ms = Math.ceil(expiresAt - now);
  return ms < 1e12 ? String(Math.max(0, ms)) : '';
}

function written(entry: TierEntry): string | Buffer {
  const { kind, rest } = parts(entry);
  const head = `${kind}${entry.version}`;
  return typeof rest === 'string' ? head + rest : Buffer.concat([Buffer.from(head), rest]);
}

/** What stands before the version, and after it. */
function parts({ expiresAt, body }: TierEntry): { kind: string; rest: string | Buffer } {
  const end = `|${Number.isFinite(expiresAt) ? String(expiresAt) : ''}|`;
  return typeof body === 'string'
    ? { kind: 't', rest: end + body }
    : { kind: 'b', rest: Buffer.concat([Buffer.from(end), body]) };
}

function read(bytes: Buffer): TierEntry | undefined {
  const first = bytes.indexOf(BAR);
  const second = bytes.indexOf(BAR, first + 1);
  if (first < 2 || second < 0) return undefined;
  const version = Number(bytes.toString('latin1', 1, first));
  const end = bytes.toString('latin1', first + 1, second);
  const expiresAt = end === '' ? Number.POSITIVE_INFINITY : Number(end);
  if (!Number.isSafeInteger(version) || Number.isNaN(expiresAt)) return undefined;
  const isText = bytes[0] === TEXT;
  // A copy: the bytes share their memory with whatever else came along.
  const body = isText ? bytes.toString('utf8', second + 1) : new Uint8Array(bytes.subarray(second + 1));
  return { version, expiresAt, body };
}
