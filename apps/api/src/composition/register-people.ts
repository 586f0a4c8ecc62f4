import {
  SqliteAnalyticsRepository,
  SqliteConfigurationRepository,
  type SqliteConnection,
  SqliteConversationRepository,
  SqliteProfileRepository,
} from '@markitect/adapter-sqlite';
import { AnalyticsService, ConversationService, RecordService } from '@markitect/application';
import {
  analyticsRepositoryPort,
  configurationRepositoryPort,
  conversationRepositoryPort,
  type Port,
  profileRepositoryPort,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { CutoverRepositories } from './register-cutover.js';
import { tokens } from './tokens.js';

const sqlite = { attributes: { 'db.system.name': 'sqlite' } };

/** What is kept about people, each with its service. */
export interface People {
  /** The profiles of users, by their ids. */
  readonly users: RecordService;
  /** The configuration of a system, by name: not that of MarkiTect. */
  readonly configuration: RecordService;
  readonly conversations: ConversationService;
  readonly analytics: AnalyticsService;
}

/**
 * Registers what is kept about people. The services know their stores by the tokens alone: another store may stand
 * there, as while a component is moved off its legacy one.
 */
export function registerPeople(child: DependencyContainer, telemetry: Telemetry | undefined): void {
  const once = <T>(name: InjectionToken<T>, make: (from: DependencyContainer) => T) =>
    child.register(name, { useFactory: instanceCachingFactory(make) });

  /** A repository in the database, and what makes of it one that may be moved. */
  const kept = <P extends object>(
    port: Port<P>,
    Repository: new (connection: SqliteConnection) => P,
    moved: (repositories: CutoverRepositories, modern: P) => P,
  ) => {
    return (from: DependencyContainer): P => {
      const modern = traced(port, new Repository(from.resolve(tokens.store)), telemetry, sqlite);
      return moved(from.resolve(tokens.cutoverRepositories), modern);
    };
  };

  once(
    tokens.profiles,
    kept(profileRepositoryPort, SqliteProfileRepository, (sides, modern) => sides.users(modern)),
  );
  once(
    tokens.configuration,
    kept(configurationRepositoryPort, SqliteConfigurationRepository, (sides, modern) =>
      sides.configuration(modern),
    ),
  );
  once(
    tokens.conversations,
    kept(conversationRepositoryPort, SqliteConversationRepository, (sides, modern) =>
      sides.conversations(modern),
    ),
  );
  once(
    tokens.analytics,
    kept(analyticsRepositoryPort, SqliteAnalyticsRepository, (sides, modern) => sides.analytics(modern)),
  );
  once(tokens.people, (from): People => ({
    users: new RecordService({ records: from.resolve(tokens.profiles) }, { noun: 'user' }),
    configuration: new RecordService(
      { records: from.resolve(tokens.configuration) },
      { noun: 'configuration' },
    ),
    conversations: new ConversationService({ conversations: from.resolve(tokens.conversations) }),
    analytics: new AnalyticsService({ analytics: from.resolve(tokens.analytics) }),
  }));
}
