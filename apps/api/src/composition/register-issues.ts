import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { cached, type CachePlan } from '@markitect/adapter-cache';
import { GiteaIssueRepository, GiteaProjectRepository } from '@markitect/adapter-gitea';
import type { HttpOptions } from '@markitect/adapter-http';
import { CurlHttpClient } from '@markitect/adapter-legacy';
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
  type Cache,
  type IssueBlockers,
  issueBlockersPort,
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
import { countedStaleReads } from '../telemetry/stale-reads.js';
import { boardPlan, issuePlan, projectPlan } from './cache-plans.js';
import { freshReads } from './fresh-issue-reads.js';
import { giteaTracker } from './gitea-options.js';
import { LazyHttpConnection } from './lazy-http-connection.js';
import { tokens } from './tokens.js';

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/** How the tracker is made. */
export interface IssueMaking {
  readonly telemetry: Telemetry | undefined;
  readonly keepsRunning: boolean;
}

/**
 * Registers the tracker in use: the Gitea repository that is configured, with its mirror in the database behind it for
 * the time it is down; else the embedded tracker.
 */
export function registerIssues(
  child: DependencyContainer,
  { gitea: giteaConfig, board, cache: { issuesTtlMs }, issues: { user } }: Config,
  { telemetry, keepsRunning }: IssueMaking,
): void {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });
  const gitea = giteaTracker(giteaConfig);
  const scope = gitea?.source ?? LOCAL_TRACKER;
  // Others change what is in Gitea, and tell nobody here.
  const elsewhere = { scope, othersChangeWithinMs: issuesTtlMs };
  /** A command asks Gitea itself; what it changes is told to those who keep answers. */
  const kept = <P extends object>(plan: CachePlan<P>, source: P, cache: Cache<unknown>): P => {
    const answers = cached(plan, source, cache, elsewhere);
    return keepsRunning ? answers : freshReads(plan.port, source, answers);
  };

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
  once(tokens.giteaIssues, (from) => {
    const client = from.resolve(tokens.gitea);
    return client === undefined || gitea === undefined
      ? undefined
      : new GiteaIssueRepository(client, gitea.repository);
  });
  once(tokens.trackedIssues, (from) => {
    const issues = from.resolve(tokens.giteaIssues);
    if (issues === undefined || gitea === undefined) return undefined;
    const pooled = traced<IssueRepository>(issueRepositoryPort, issues, telemetry);
    return from
      .resolve(tokens.cutoverRepositories)
      .issues(pooled, () => new GiteaIssueRepository(curlClient(gitea.http), gitea.repository));
  });
  /** What cards wait for: of Gitea as far as it was copied. */
  const blockersOf = (from: DependencyContainer, mirror: IssueMirror | undefined): IssueBlockers => {
    const stored = traced<IssueBlockers>(
      issueBlockersPort,
      from.resolve(tokens.storedIssues),
      telemetry,
      sqlite,
    );
    if (mirror === undefined) return stored;
    return {
      openBlockers: async (numbers) =>
        (await mirror.progress()).syncedAt === undefined ? undefined : stored.openBlockers(numbers),
    };
  };
  const onAnswer = countedStaleReads(telemetry);
  /** Answers from the mirror while Gitea is down. */
  const orLastKnown = (from: DependencyContainer, issues: IssueRepository, mirror: IssueMirror) =>
    staleReads(issueRepositoryPort, issues, {
      source: traced(issueRepositoryPort, from.resolve(tokens.storedIssues), telemetry, sqlite),
      ageMs: async () => {
        const { syncedAt } = await mirror.progress();
        return syncedAt === undefined ? undefined : Math.max(0, Date.now() - Date.parse(syncedAt));
      },
      onAnswer,
    });
  once(tokens.issueRepository, (from) => {
    const tracked = from.resolve(tokens.trackedIssues);
    const mirror = from.resolve(tokens.mirror);
    if (tracked === undefined || mirror === undefined) {
      return traced(issueRepositoryPort, from.resolve(tokens.storedIssues), telemetry, sqlite);
    }
    const cache = from.resolve(tokens.issueCache);
    // Below: what the mirror answers is marked as old, and never kept.
    return orLastKnown(from, cache === undefined ? tracked : kept(issuePlan, tracked, cache), mirror);
  });

  once(tokens.issues, (from) => {
    const rules = parseBoardRules(board);
    const tracker = (): Pick<IssuePorts, 'projects' | 'boards' | 'blockers' | 'user'> => {
      const client = from.resolve(tokens.gitea);
      const tracked = from.resolve(tokens.trackedIssues);
      const mirror = from.resolve(tokens.mirror);
      const blockers = blockersOf(from, mirror);
      if (client === undefined || gitea === undefined || tracked === undefined || mirror === undefined)
        return { blockers };
      const whose = from.resolve(tokens.giteaIssues);
      const user = async () => whose?.user();
      const projects = traced(
        projectRepositoryPort,
        new GiteaProjectRepository(client, gitea.repository),
        telemetry,
      );
      const cache = from.resolve(tokens.issueCache);
      if (cache === undefined) return { projects, blockers, user };
      // From the tracker itself: of answers that are kept already it could be twice as old.
      const boards = boardReader({ issues: orLastKnown(from, tracked, mirror), projects, blockers }, rules);
      const byRules = { ...elsewhere, scope: `${scope}:${hashOf(board)}`, invalidates: true };
      return {
        projects: kept(projectPlan, projects, cache),
        ...(keepsRunning ? { boards: cached(boardPlan, boards, cache, byRules) } : {}),
        blockers,
        user,
      };
    };
    return new IssueService(
      {
        issues: from.resolve(tokens.issueRepository),
        ...tracker(),
        documents: from.resolve(tokens.repository),
        workspaces: from.resolve(tokens.workspaceRepository),
      },
      { rules, staleMaxAgeMs: giteaConfig.staleMaxAgeMs, showDeadlineMs: giteaConfig.deadlineMs },
    );
  });
  once(tokens.issueSync, (from) => {
    const tracker = from.resolve(tokens.trackedIssues);
    const mirror = from.resolve(tokens.mirror);
    return tracker === undefined || mirror === undefined
      ? undefined
      : new IssueSyncService({ tracker, mirror }, { holder: holderName(keepsRunning) });
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

/** The same server by a process of curl for each request. What only a pool has, it goes without. */
function curlClient({
  baseUrl,
  token,
  deadlineMs,
  connectTimeoutMs,
  maxResponseBytes,
}: HttpOptions): CurlHttpClient {
  return new CurlHttpClient({
    baseUrl,
    ...(typeof token === 'string' ? { token } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ...(maxResponseBytes === undefined ? {} : { maxResponseBytes }),
  });
}

/** What others are told who synchronises. */
function holderName(keepsRunning: boolean): string {
  const command = keepsRunning ? 'markitect serve' : 'markitect issues sync';
  return `${command} (process ${process.pid} on ${hostname()})`;
}

/** What tells boards of different rules apart in the cache. */
function hashOf(rules: BoardConfig): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
}
