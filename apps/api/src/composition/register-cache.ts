import { join } from 'node:path';
import {
  type AppendAndKeep,
  CacheManager,
  type CacheManagerOptions,
  componentPolicies,
  DiskTier,
  RedisConnection,
  RedisInvalidationLog,
  RedisLeaseStore,
  RedisTier,
} from '@markitect/adapter-cache';
import { SqliteInvalidationLog, SqliteLeaseStore } from '@markitect/adapter-sqlite';
import type { Config } from '@markitect/config';
import type { MarkdownNode } from '@markitect/domain';
import type { Telemetry } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { CacheOperations, type CachePart } from '../cache/cache-operations.js';
import { tracedFactories } from '../cache/traced-factories.js';
import { cacheNamespaces } from './cache-plans.js';
import { type LogToOpen, OpenedLog } from './opened-log.js';
import { tokens } from './tokens.js';

/** What is on the disk is forgotten when nobody has used it for so long. Its values are of minutes at most. */
const DISK_IDLE_MS = 60 * 60_000;

/** The part of the memory for what Gitea has answered, where that has a cache of its own. */
const SHARED_PART = 0.25;

/** How the cache is made. */
export interface CacheMaking {
  readonly keepsRunning: boolean;
  readonly telemetry: Telemetry | undefined;
}

/** The cache once it is registered. */
export interface RegisteredCache {
  /** Begins to listen to Redis, where it is configured, without waiting for it. */
  readonly start: () => void;
  /** Closes what of it was made. */
  readonly close: () => Promise<void>;
}

/**
 * Registers the cache. What the log in the database tells of, answers about documents, is kept in memory. What comes
 * from far away, answers of Gitea, is kept on the disk besides, and belongs to the same log; or, with Redis, there, and
 * belongs to a log there, which all machines share. Without a Redis that answers, nothing kept is used of that part.
 */
export function registerCache(
  child: DependencyContainer,
  { cache }: Config,
  { keepsRunning, telemetry }: CacheMaking,
): RegisteredCache {
  const made: { managers: CacheManager[]; logs: OpenedLog[] } = { managers: [], logs: [] };
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });
  const { maxBytes, maxEntries, diskBytes, diskFolder, documentsTtlMs, issuesTtlMs, redisUrl } = cache;
  const shared = redisUrl === undefined ? 0 : SHARED_PART;
  const memoryOf = (part: number) => ({
    maxBytes: Math.floor(maxBytes * part),
    maxEntries: Math.floor(maxEntries * part),
  });
  const open = (from: DependencyContainer, part: number, options: CacheManagerOptions) => {
    const aroundFactory = tracedFactories(telemetry);
    const manager = new CacheManager({
      memory: memoryOf(part),
      ...options,
      ...(aroundFactory === undefined ? {} : { aroundFactory }),
    });
    from.resolve(tokens.cacheOperations).watch(manager);
    made.managers.push(manager);
    return manager;
  };
  const opened = (log: LogToOpen) => {
    const result = new OpenedLog(log);
    made.logs.push(result);
    return result;
  };

  once(tokens.redis, () => (redisUrl === undefined ? undefined : new RedisConnection({ url: redisUrl })));
  once(tokens.cacheTiers, () => {
    // A folder below, which may be emptied even if somebody has named one with other things in it.
    const tier = () =>
      new DiskTier({ folder: join(diskFolder, 'entries'), maxBytes: diskBytes, maxIdleMs: DISK_IDLE_MS });
    return diskBytes === 0 || redisUrl !== undefined ? [] : [{ name: 'disk', tier: tier() }];
  });
  once(tokens.cacheManager, (from) => {
    const store = from.resolve(tokens.store);
    const log = new SqliteInvalidationLog(store);
    return open(from, 1 - shared, {
      tiers: from.resolve(tokens.cacheTiers),
      log: opened({ log, open: () => log.open(), close: () => log.close() }),
      // A lease is two commits. A failure that is passed on would be one that is kept.
      ...(keepsRunning ? { leases: { store: new SqliteLeaseStore(store), failureMs: 0 } } : {}),
    });
  });
  /** In Redis: the log, the tier of it, and what holds them together. */
  once(tokens.sharedCache, (from) => {
    const connection = from.resolve(tokens.redis);
    if (connection === undefined) return undefined;
    const inRedis = new RedisInvalidationLog({ connection });
    const connect = () => from.resolve(tokens.connections).open(connection.name);
    const log = opened({ log: inRedis, open: connect, close: () => inRedis.close() });
    const tier = new RedisTier({ connection });
    const appendAndKeep: AppendAndKeep = async (entries) => {
      await log.open();
      return inRedis.appendAndKeep(tier, entries);
    };
    const tiers = [{ name: 'redis', tier, appendAndKeep }];
    const leases = { store: new RedisLeaseStore({ connection }), failureMs: 0 };
    return { log, tiers, manager: open(from, shared, { tiers, log, leases }) };
  });
  // Keyed by the hash of the text, weighed by their bytes and only read: neither frozen nor written to any tier.
  const trees = { ...componentPolicies.documents, freeze: false, memoryOnly: true };
  once(tokens.cache, (from) =>
    // A program that runs for a moment need not ask the log for what it has just parsed.
    (keepsRunning
      ? from.resolve(tokens.cacheManager)
      : new CacheManager({ memory: memoryOf(1 - shared) })
    ).namespace<MarkdownNode>(cacheNamespaces.trees, trees),
  );
  once(tokens.documentCache, (from) =>
    keepsRunning && documentsTtlMs > 0
      ? from.resolve(tokens.cacheManager).namespace(cacheNamespaces.documents, {
          ttlMs: documentsTtlMs,
          memoryOnly: true,
        })
      : undefined,
  );
  const issueManager = (from: DependencyContainer) =>
    from.resolve(tokens.sharedCache)?.manager ?? from.resolve(tokens.cacheManager);
  once(tokens.issueCache, (from) =>
    issuesTtlMs > 0
      ? issueManager(from).namespace(cacheNamespaces.issues, { ttlMs: issuesTtlMs })
      : undefined,
  );
  once(
    tokens.cacheOperations,
    (from) =>
      new CacheOperations(() => {
        const local = from.resolve(tokens.cacheManager);
        const far = from.resolve(tokens.sharedCache);
        const { trees, documents, issues } = cacheNamespaces;
        const part = (
          manager: CacheManager,
          names: readonly string[],
        ): Pick<CachePart, 'manager' | 'namespaces'> => ({
          manager,
          namespaces: Object.fromEntries(names.map((name) => [name, manager.namespace(name)])),
        });
        return [
          {
            ...part(local, far === undefined ? [trees, documents, issues] : [trees, documents]),
            tiers: from.resolve(tokens.cacheTiers),
            maxBytes: { memory: memoryOf(1 - shared).maxBytes, disk: diskBytes },
          },
          ...(far === undefined
            ? []
            : [
                {
                  ...part(far.manager, [issues]),
                  memoryName: 'issues-memory',
                  tiers: far.tiers,
                  maxBytes: { memory: memoryOf(shared).maxBytes },
                },
              ]),
        ];
      }),
  );
  return {
    start: () => {
      // Redis away is nothing to wait for or to fail at.
      child
        .resolve(tokens.sharedCache)
        ?.log.open()
        .catch(() => undefined);
    },
    close: async () => {
      for (const manager of made.managers) await manager.close();
      for (const log of made.logs) await log.close();
    },
  };
}
