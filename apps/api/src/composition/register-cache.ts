import { join } from 'node:path';
import { CacheManager, componentPolicies, DiskTier } from '@markitect/adapter-cache';
import { SqliteInvalidationLog, SqliteLeaseStore } from '@markitect/adapter-sqlite';
import type { Config } from '@markitect/config';
import type { MarkdownNode } from '@markitect/domain';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { CacheOperations } from '../cache/cache-operations.js';
import { cacheNamespaces } from './cache-plans.js';
import { OpenedLog } from './opened-log.js';
import { tokens } from './tokens.js';

/** What is on the disk is forgotten when nobody has used it for so long. Its values are of minutes at most. */
const DISK_IDLE_MS = 60 * 60_000;

/**
 * Registers the cache: memory, and the disk for what comes from far away. What is valid says the log in the database,
 * for all processes that share it. Answers how to close what of it was made.
 */
export function registerCache(
  child: DependencyContainer,
  { cache }: Config,
  { keepsRunning }: { readonly keepsRunning: boolean },
): { readonly close: () => Promise<void> } {
  const made: { manager?: CacheManager; log?: OpenedLog } = {};
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });
  const { maxBytes, maxEntries, diskBytes, diskFolder, documentsTtlMs, issuesTtlMs } = cache;

  once(tokens.invalidationLog, (from) => {
    made.log = new OpenedLog(new SqliteInvalidationLog(from.resolve(tokens.store)));
    return made.log;
  });
  once(tokens.cacheTiers, () => {
    // A folder below, which may be emptied even if somebody has named one with other things in it.
    const tier = () =>
      new DiskTier({ folder: join(diskFolder, 'entries'), maxBytes: diskBytes, maxIdleMs: DISK_IDLE_MS });
    return diskBytes === 0 ? [] : [{ name: 'disk', tier: tier() }];
  });
  once(tokens.cacheManager, (from) => {
    const manager = new CacheManager({
      memory: { maxBytes, maxEntries },
      tiers: from.resolve(tokens.cacheTiers),
      log: from.resolve(tokens.invalidationLog),
      // A lease is two commits. A failure that is passed on would be one that is kept.
      ...(keepsRunning
        ? { leases: { store: new SqliteLeaseStore(from.resolve(tokens.store)), failureMs: 0 } }
        : {}),
    });
    from.resolve(tokens.cacheOperations).watch(manager);
    made.manager = manager;
    return manager;
  });
  // Keyed by the hash of the text, weighed by their bytes and only read: neither frozen nor written to any tier.
  const trees = { ...componentPolicies.documents, freeze: false, memoryOnly: true };
  once(tokens.cache, (from) =>
    // A program that runs for a moment need not ask the log for what it has just parsed.
    (keepsRunning
      ? from.resolve(tokens.cacheManager)
      : new CacheManager({ memory: { maxBytes, maxEntries } })
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
  once(tokens.issueCache, (from) =>
    issuesTtlMs > 0
      ? from.resolve(tokens.cacheManager).namespace(cacheNamespaces.issues, { ttlMs: issuesTtlMs })
      : undefined,
  );
  once(
    tokens.cacheOperations,
    (from) =>
      new CacheOperations(() => {
        const manager = from.resolve(tokens.cacheManager);
        const entries = Object.values(cacheNamespaces).map(
          (name) => [name, manager.namespace(name)] as const,
        );
        return {
          manager,
          namespaces: Object.fromEntries(entries),
          tiers: from.resolve(tokens.cacheTiers),
          maxBytes: { memory: maxBytes, disk: diskBytes },
        };
      }),
  );
  return {
    close: async () => {
      await made.manager?.close();
      made.log?.close();
    },
  };
}
