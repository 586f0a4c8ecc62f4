import { randomUUID } from 'node:crypto';
import type { LeaseAnswer, LeaseFailure, LeaseOutcome, LeaseStore } from '@markitect/ports';
import type { RedisConnection } from './redis.connection.js';
import { toCacheError } from './redis-error.js';
import { RedisScript } from './redis-script.js';

/** What a {@link RedisLeaseStore} is made of. */
export interface RedisLeaseStoreOptions {
  readonly connection: RedisConnection;
  /** Put before each name. Default `markitect-cache`. */
  readonly prefix?: string;
}

const acquire = new RedisScript(`
if redis.call('SET', KEYS[1], 'h' .. ARGV[1], 'NX', 'PX', ARGV[2]) then return {'granted'} end
local held = redis.call('GET', KEYS[1])
if string.sub(held, 1, 1) == 'f' then return {'failed', string.sub(held, 2)} end
return {'held', redis.call('PTTL', KEYS[1])}
`);

const renew = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= 'h' .. ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

const release = new RedisScript(`
if redis.call('GET', KEYS[1]) ~= 'h' .. ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'f' .. ARGV[2], 'PX', ARGV[3])
return 1
`);

/** Leases in Redis. They end by its clock; when it loses them somebody else is granted them, as after a crash. */
export class RedisLeaseStore implements LeaseStore {
  readonly #connection: RedisConnection;
  readonly #prefix: string;

  constructor({ connection, prefix = 'markitect-cache' }: RedisLeaseStoreOptions) {
    this.#connection = connection;
    this.#prefix = `${prefix}:l:`;
  }

  async acquire(name: string, ttlMs: number): Promise<LeaseAnswer> {
    const token = randomUUID();
    const answer = await this.#run('grant a lease', acquire, name, [token, whole(ttlMs)]);
    const [kind, more] = answer as [string, string | number];
    if (kind === 'granted') return { kind, token };
    if (kind === 'failed') return { kind, failure: revived(String(more)) };
    return { kind: 'held', forMs: Math.max(1, Number(more)) };
  }

  async renew(name: string, token: string, ttlMs: number): Promise<boolean> {
    return (await this.#run('renew a lease', renew, name, [token, whole(ttlMs)])) === 1;
  }

  async release(name: string, token: string, outcome: LeaseOutcome): Promise<void> {
    const failure =
      outcome.kind === 'failed' && outcome.keepMs > 0
        ? [JSON.stringify(outcome.failure), whole(outcome.keepMs)]
        : [''];
    await this.#run('release a lease', release, name, [token, ...failure]);
  }

  async #run(doing: string, script: RedisScript, name: string, values: readonly string[]): Promise<unknown> {
    try {
      return await this.#connection.script(script, [this.#prefix + name], values);
    } catch (error) {
      throw toCacheError('CACHE_LEASE_FAILED', doing, error);
    }
  }
}

function whole(ms: number): string {
  return String(Math.max(1, Math.ceil(ms)));
}

/** JSON leaves out a code that is `undefined`. */
function revived(json: string): LeaseFailure {
  const { code, message, details } = JSON.parse(json) as LeaseFailure;
  return { code, message, details };
}
