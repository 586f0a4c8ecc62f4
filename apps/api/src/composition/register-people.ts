import {
  SqliteAnalyticsRepository,
  SqliteConfigurationRepository,
  SqliteConversationRepository,
  SqliteProfileRepository,
} from '@markitect/adapter-sqlite';
import { AnalyticsService, ConversationService, RecordService } from '@markitect/application';
import {
  analyticsRepositoryPort,
  configurationRepositoryPort,
  conversationRepositoryPort,
  profileRepositoryPort,
} from '@markitect/ports';
import { type Telemetry, traced } from '@markitect/telemetry';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
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

  once(tokens.profiles, (from) =>
    from
      .resolve(tokens.cutoverRepositories)
      .users(
        traced(
          profileRepositoryPort,
          new SqliteProfileRepository(from.resolve(tokens.store)),
          telemetry,
          sqlite,
        ),
      ),
  );
  once(tokens.configuration, (from) =>
    from
      .resolve(tokens.cutoverRepositories)
      .configuration(
        traced(
          configurationRepositoryPort,
          new SqliteConfigurationRepository(from.resolve(tokens.store)),
          telemetry,
          sqlite,
        ),
      ),
  );
  once(tokens.conversations, (from) =>
    from
      .resolve(tokens.cutoverRepositories)
      .conversations(
        traced(
          conversationRepositoryPort,
          new SqliteConversationRepository(from.resolve(tokens.store)),
          telemetry,
          sqlite,
        ),
      ),
  );
  once(tokens.analytics, (from) =>
    from
      .resolve(tokens.cutoverRepositories)
      .analytics(
        traced(
          analyticsRepositoryPort,
          new SqliteAnalyticsRepository(from.resolve(tokens.store)),
          telemetry,
          sqlite,
        ),
      ),
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
