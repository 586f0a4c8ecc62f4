import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  JsonAnalyticsRepository,
  JsonConversationRepository,
  JsonRecordRepository,
  type JsonFilesOptions,
} from '@markitect/adapter-legacy';
import {
  SqliteAnalyticsReplicaStore,
  SqliteConfigurationReplicaStore,
  SqliteConversationReplicaStore,
  SqliteCutoverStateStore,
  SqliteProfileReplicaStore,
} from '@markitect/adapter-sqlite';
import type { Config } from '@markitect/config';
import type { CutoverSide } from '@markitect/domain';
import { Component, cutover, type CutoverPlan } from '@markitect/migration';
import {
  type AnalyticsRepository,
  type ConversationRepository,
  configurationRepositoryPort,
  cutoverStateStorePort,
  type IssueRepository,
  type Port,
  profileRepositoryPort,
  type RecordRepository,
  type ReplicaStore,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import { CutoverAdministration } from '../cutover/cutover-administration.js';
import { CutoverRuntime, type CutoverRuntimeOptions } from '../cutover/cutover-runtime.js';
import type { MovedComponent } from '../cutover/moved-component.js';
import { oneSided } from '../cutover/one-sided.js';
import { whenReady } from '../cutover/when-ready.js';
import {
  analyticsPlan,
  configurationPlan,
  conversationPlan,
  type CutoverComponentName,
  issueCutoverPlan,
  profilePlan,
} from './cutover-plans.js';
import { databaseFile } from './data-directory.js';
import { tokens } from './tokens.js';

/** How cutovers are made. */
export interface CutoverMaking {
  readonly telemetry: Telemetry | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onFailure?: (component: string, error: unknown) => void;
  readonly onOverride?: CutoverRuntimeOptions['onOverride'];
}

/** Makes one repository of the legacy store that is configured and the modern one; where none is, the modern one is it. */
export interface CutoverRepositories {
  users(modern: RecordRepository): RecordRepository;
  configuration(modern: RecordRepository): RecordRepository;
  conversations(modern: ConversationRepository): ConversationRepository;
  analytics(modern: AnalyticsRepository): AnalyticsRepository;
  /** `legacy`: the same tracker by curl; made only where that is configured. */
  issues(modern: IssueRepository, legacy: () => IssueRepository): IssueRepository;
}

/** A legacy store. */
interface LegacySide<P> {
  readonly repository: P & { readonly replicas: ReplicaStore };
  readonly path: string;
}

/** Nothing is kept under it. */
const PROBE_KEY = 'markitect.probe';

/** Keys counted at once. */
const COUNT = 1000;

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/** Registers the state of cutovers, what makes repositories of two sides, and what operators do with them. */
export function registerCutover(
  child: DependencyContainer,
  { dataDir, legacy, cutover: settings, gitea }: Config,
  { telemetry, env, onFailure, onOverride }: CutoverMaking,
): { close(): Promise<void> } {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });
  // Never used again: whoever takes over what another process has left must not take it for its own.
  const process_ = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const made: { runtime?: CutoverRuntime } = {};

  once(tokens.cutoverStore, (from) =>
    traced(cutoverStateStorePort, new SqliteCutoverStateStore(from.resolve(tokens.store)), telemetry, sqlite),
  );
  once(tokens.movedComponents, (from) => {
    const store = from.resolve(tokens.cutoverStore);
    const connection = from.resolve(tokens.store);
    const component = (name: CutoverComponentName, replicas?: Readonly<Record<CutoverSide, ReplicaStore>>) =>
      new Component({
        name,
        store,
        process: process_,
        shadowPercent: settings.shadowPercent,
        ...(replicas === undefined ? {} : { replicas }),
        onFailure: (error) => made.runtime?.failed(name, error),
      });
    const copied = <P>(
      name: CutoverComponentName,
      side: LegacySide<P> | undefined,
      modern: () => ReplicaStore,
    ): MovedComponent[] => {
      if (side === undefined) return [];
      const replicas = { legacy: side.repository.replicas, modern: modern() };
      return [
        {
          component: component(name, replicas),
          places: { legacy: side.path, modern: databaseFile(dataDir) },
          probe: async (which) => {
            await replicas[which].read([PROBE_KEY]);
          },
          count: (which) => countKeys(replicas[which]),
        },
      ];
    };
    const sides = from.resolve(tokens.legacySides);
    return [
      ...copied('users', sides.users, () => new SqliteProfileReplicaStore(connection)),
      ...copied('configuration', sides.configuration, () => new SqliteConfigurationReplicaStore(connection)),
      ...copied('conversations', sides.conversations, () => new SqliteConversationReplicaStore(connection)),
      ...copied('analytics', sides.analytics, () => new SqliteAnalyticsReplicaStore(connection)),
      ...(legacy.issues === 'curl' && gitea.url !== undefined
        ? [
            {
              component: component('issues'),
              places: { legacy: `curl, ${gitea.url}`, modern: gitea.url },
              // One server: when it is down, neither side can stand in for the other.
              probe: () => Promise.resolve(),
              count: () => Promise.resolve(0),
            },
          ]
        : []),
    ];
  });
  once(tokens.legacySides, () => ({
    users: legacySide(legacy.users, (files) => new JsonRecordRepository(profileRepositoryPort, files)),
    configuration: legacySide(
      legacy.configuration,
      (files) => new JsonRecordRepository(configurationRepositoryPort, files),
    ),
    conversations: legacySide(legacy.conversations, (files) => new JsonConversationRepository(files)),
    analytics: legacySide(legacy.analytics, (files) => new JsonAnalyticsRepository(files)),
  }));
  once(tokens.cutoverRuntime, (from) => {
    const { flagFile, flagProvider } = settings;
    made.runtime = new CutoverRuntime(from.resolve(tokens.movedComponents), {
      env,
      folder: process.cwd(),
      ...(flagFile === undefined ? {} : { flagFile }),
      ...(flagProvider === undefined ? {} : { flagProvider }),
      ...(onFailure === undefined ? {} : { onFailure }),
      ...(onOverride === undefined ? {} : { onOverride }),
    });
    return made.runtime;
  });
  once(
    tokens.cutover,
    (from) =>
      new CutoverAdministration({
        store: from.resolve(tokens.cutoverStore),
        components: from.resolve(tokens.movedComponents),
        runtime: from.resolve(tokens.cutoverRuntime),
      }),
  );
  once(tokens.cutoverRepositories, (from): CutoverRepositories => {
    const moved = <P extends object>(
      name: CutoverComponentName,
      plan: CutoverPlan<P> & { readonly port: Port<P> },
      legacyOf: () => P | undefined,
      modern: P,
    ): P => {
      const found = from.resolve(tokens.movedComponents).find(({ component }) => component.name === name);
      const old = found && legacyOf();
      if (found === undefined || old === undefined) {
        // Both sides of issues are one server, whoever knows of them.
        if (name === 'issues') return modern;
        return whenReady(plan, modern, oneSided(from.resolve(tokens.cutoverStore), name));
      }
      const runtime = from.resolve(tokens.cutoverRuntime);
      const sides = {
        legacy: traced<P>(plan.port, old, telemetry, { attributes: { side: 'legacy' } }),
        modern,
      };
      return whenReady(plan, cutover(plan, sides, found.component), () => runtime.ready());
    };
    const sides = from.resolve(tokens.legacySides);
    return {
      users: (modern) => moved('users', profilePlan, () => sides.users?.repository, modern),
      configuration: (modern) =>
        moved('configuration', configurationPlan, () => sides.configuration?.repository, modern),
      conversations: (modern) =>
        moved('conversations', conversationPlan, () => sides.conversations?.repository, modern),
      analytics: (modern) => moved('analytics', analyticsPlan, () => sides.analytics?.repository, modern),
      issues: (modern, curl) => moved('issues', issueCutoverPlan, curl, modern),
    };
  });
  return { close: async () => made.runtime?.close() };
}

/** The legacy sides that are configured. */
export interface LegacySides {
  readonly users: LegacySide<RecordRepository> | undefined;
  readonly configuration: LegacySide<RecordRepository> | undefined;
  readonly conversations: LegacySide<ConversationRepository> | undefined;
  readonly analytics: LegacySide<AnalyticsRepository> | undefined;
}

function legacySide<P>(
  path: string | undefined,
  open: (files: JsonFilesOptions) => P & { readonly replicas: ReplicaStore },
): LegacySide<P> | undefined {
  if (path === undefined) return undefined;
  const layout = /\.(?:json|jsonl|ndjson)$/i.test(path) ? 'one-file' : 'file-per-record';
  return { path, repository: open({ layout, path }) };
}

async function countKeys(replicas: ReplicaStore): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ;) {
    const keys = await replicas.keys(after, COUNT);
    count += keys.length;
    if (keys.length < COUNT) return count;
    after = keys.at(-1);
  }
}
