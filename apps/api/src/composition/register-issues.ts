import { createHash } from 'node:crypto';
import { cached } from '@markitect/adapter-cache';
import { GiteaIssueRepository, GiteaProjectRepository } from '@markitect/adapter-gitea';
import { LOCAL_TRACKER, SqliteIssueMirror, SqliteIssueRepository } from '@markitect/adapter-sqlite';
import {
  boardReader,
  type IssuePorts,
  IssueService,
  IssueSyncService,
  SearchService,
} from '@markitect/application';
import type { BoardConfig, Config } from '@markitect/config';
import { parseBoardRules } from '@markitect/domain';
import {
  issueIndexPort,
  type IssueMirror,
  issueMirrorPort,
  type IssueRepository,
  issueRepositoryPort,
  projectRepositoryPort,
  staleReads,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { boardPlan, issuePlan, projectPlan } from './cache-plans.js';
import { giteaTracker } from './gitea-options.js';
import { LazyHttpConnection } from './lazy-http-connection.js';
import { tokens } from './tokens.js';

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/**
 * Registers the tracker in use: the Gitea repository that is configured, with its mirror in the database behind it for
 * the time it is down; else the embedded tracker.
 */
export function registerIssues(
  child: DependencyContainer,
  { gitea: giteaConfig, board, cache: { issuesTtlMs }, issues: { user } }: Config,
  telemetry: Telemetry | undefined,
): void {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });
  const gitea = giteaTracker(giteaConfig);
  const scope = gitea?.source ?? LOCAL_TRACKER;
  // Others change what is in Gitea, and tell nobody here.
  const elsewhere = { scope, othersChangeWithinMs: issuesTtlMs };

  /** The issues in the database: those of the tracker, or the copy of Gitea's. */
  once(
    tokens.storedIssues,
    (from) =>
      new SqliteIssueRepository(from.resolve(tokens.store), {
        source: gitea?.source ?? LOCAL_TRACKER,
        user,
        writable: gitea === undefined,
      }),
  );
  once(
    tokens.gitea,
    (from) =>
      gitea && new LazyHttpConnection(gitea.http, (name) => from.resolve(tokens.connections).open(name)),
  );
  once(tokens.mirror, (from) =>
    gitea === undefined
      ? undefined
      : traced(
          issueMirrorPort,
          new SqliteIssueMirror(from.resolve(tokens.store), { source: gitea.source }),
          telemetry,
          sqlite,
        ),
  );
  once(tokens.trackedIssues, (from) => {
    const client = from.resolve(tokens.gitea);
    return client === undefined || gitea === undefined
      ? undefined
      : traced(issueRepositoryPort, new GiteaIssueRepository(client, gitea.repository), telemetry);
  });
  /** Answers from the mirror while Gitea is down. */
  const orLastKnown = (from: DependencyContainer, issues: IssueRepository, mirror: IssueMirror) =>
    staleReads(issueRepositoryPort, issues, {
      source: traced(issueRepositoryPort, from.resolve(tokens.storedIssues), telemetry, sqlite),
      ageMs: async () => {
        const { syncedAt } = await mirror.progress();
        return syncedAt === undefined ? undefined : Math.max(0, Date.now() - Date.parse(syncedAt));
      },
    });
  once(tokens.issueRepository, (from) => {
    const tracked = from.resolve(tokens.trackedIssues);
    const mirror = from.resolve(tokens.mirror);
    if (tracked === undefined || mirror === undefined) {
      return traced(issueRepositoryPort, from.resolve(tokens.storedIssues), telemetry, sqlite);
    }
    const cache = from.resolve(tokens.issueCache);
    // Below: what the mirror answers is marked as old, and never kept.
    return orLastKnown(
      from,
      cache === undefined ? tracked : cached(issuePlan, tracked, cache, elsewhere),
      mirror,
    );
  });

  once(tokens.issues, (from) => {
    const rules = parseBoardRules(board);
    const tracker = (): Pick<IssuePorts, 'projects' | 'boards'> => {
      const client = from.resolve(tokens.gitea);
      const tracked = from.resolve(tokens.trackedIssues);
      const mirror = from.resolve(tokens.mirror);
      if (client === undefined || gitea === undefined || tracked === undefined || mirror === undefined)
        return {};
      const projects = traced(
        projectRepositoryPort,
        new GiteaProjectRepository(client, gitea.repository),
        telemetry,
      );
      const cache = from.resolve(tokens.issueCache);
      if (cache === undefined) return { projects };
      // From the tracker itself: of answers that are kept already it could be twice as old.
      const boards = boardReader({ issues: orLastKnown(from, tracked, mirror), projects }, rules);
      const byRules = { ...elsewhere, scope: `${scope}:${hashOf(board)}`, invalidates: true };
      return {
        projects: cached(projectPlan, projects, cache, elsewhere),
        boards: cached(boardPlan, boards, cache, byRules),
      };
    };
    return new IssueService(
      {
        issues: from.resolve(tokens.issueRepository),
        ...tracker(),
        documents: from.resolve(tokens.repository),
        workspaces: from.resolve(tokens.workspaceRepository),
      },
      { rules, staleMaxAgeMs: giteaConfig.staleMaxAgeMs },
    );
  });
  once(tokens.issueSync, (from) => {
    const tracker = from.resolve(tokens.trackedIssues);
    const mirror = from.resolve(tokens.mirror);
    return tracker === undefined || mirror === undefined
      ? undefined
      : new IssueSyncService({ tracker, mirror });
  });
  once(tokens.search, (from) => {
    const mirror = from.resolve(tokens.mirror);
    return new SearchService({
      documents: from.resolve(tokens.repository),
      issues: traced(issueIndexPort, from.resolve(tokens.storedIssues), telemetry, sqlite),
      ...(mirror === undefined ? {} : { mirror }),
    });
  });
}

/** What tells boards of different rules apart in the cache. */
function hashOf(rules: BoardConfig): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
}
