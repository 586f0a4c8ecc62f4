import { isMarkitectError, Unavailable } from '@markitect/domain';
import type { CacheTier, TierEntry, TierUsage } from '@markitect/ports';
import { Keyv, type KeyvStoreAdapter } from 'keyv';

/** What a {@link KeyvTier} is made of. */
export interface KeyvTierOptions {
  /** Any store of Keyv: an adapter such as `@keyv/redis`, or a `Map`. Its connection is closed by whoever opened it. */
  readonly store: KeyvStoreAdapter | Map<string, unknown>;
  /** Put before each key, so that several programs can share a store and `clear` empties only this part of it. */
  readonly prefix?: string;
  readonly now?: () => number;
}

/**
 * A tier in any store that Keyv has an adapter for. Entries are stored as one string, bytes in base64, without Keyv's
 * JSON around them: they are encoded already.
 */
export class KeyvTier implements CacheTier {
  readonly #keyv: Keyv<TierEntry>;
  readonly #now: () => number;

  constructor({ store, prefix = 'markitect-cache', now = Date.now }: KeyvTierOptions) {
    this.#now = now;
    this.#keyv = new Keyv<TierEntry>({
      store,
      namespace: prefix,
      throwOnErrors: true,
      serialize: ({ value }) => written(value as TierEntry),
    });
    // By its own option it would have to be of whatever type is asked for; entries are all there is here.
    this.#keyv.deserialize = read as Keyv<TierEntry>['deserialize'];
    // Errors are thrown, too; without a listener an emitter would end the process.
    this.#keyv.on('error', () => undefined);
  }

  async getMany(keys: readonly string[]): Promise<(TierEntry | undefined)[]> {
    if (keys.length === 0) return [];
    const found = await translated('read', () => this.#keyv.getMany<TierEntry>(keys.map(safe)));
    const now = this.#now();
    return keys.map((_, index) => {
      const entry = found[index];
      return entry !== undefined && entry.expiresAt > now ? entry : undefined;
    });
  }

  async setMany(entries: readonly (readonly [string, TierEntry])[]): Promise<void> {
    const now = this.#now();
    const last = new Map(entries);
    const alive = [...last].filter(([, { expiresAt }]) => expiresAt > now);
    const gone = [...last.keys()].filter((key) => (last.get(key)?.expiresAt ?? 0) <= now);
    if (gone.length > 0) await this.deleteMany(gone);
    if (alive.length === 0) return;
    const results = await translated('write', () =>
      this.#keyv.setMany(
        alive.map(([key, value]) => ({
          key: safe(key),
          value,
          ...(Number.isFinite(value.expiresAt) && { ttl: Math.max(1, Math.ceil(value.expiresAt - now)) }),
        })),
      ),
    );
    if (results.includes(false))
      throw new Unavailable('CACHE_TIER_FAILED', 'the store did not take an entry');
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await translated('delete', () => this.#keyv.deleteMany(keys.map(safe)));
  }

  async clear(): Promise<void> {
    await translated('clear', () => this.#keyv.clear());
  }

  /** Stores do not say. */
  usage(): Promise<TierUsage> {
    return Promise.resolve({ entries: undefined, bytes: undefined });
  }
}

/** Keyv takes an empty key for none. */
function safe(key: string): string {
  return `${key}.`;
}

function written({ version, expiresAt, body }: TierEntry): string {
  const end = Number.isFinite(expiresAt) ? String(expiresAt) : '';
  return typeof body === 'string'
    ? `${version}|${end}|t|${body}`
    : `${version}|${end}|b|${Buffer.from(body).toString('base64')}`;
}

function read(text: string): { value: TierEntry; expires: number | undefined } | undefined {
  const [, version, end, kind, body] = /^(\d+)\|([\d.]*)\|([tb])\|([^]*)$/.exec(text) ?? [];
  if (version === undefined || end === undefined || body === undefined) return undefined;
  const expiresAt = end === '' ? Number.POSITIVE_INFINITY : Number(end);
  const value = {
    version: Number(version),
    expiresAt,
    body: kind === 't' ? body : new Uint8Array(Buffer.from(body, 'base64')),
  };
  return { value, expires: undefined };
}

async function translated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isMarkitectError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable('CACHE_TIER_FAILED', `the store could not ${what}: ${reason}`, { cause: error });
  }
}
