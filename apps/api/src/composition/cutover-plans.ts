import {
  type AnalyticsRepository,
  analyticsRepositoryPort,
  type ConversationRepository,
  configurationRepositoryPort,
  conversationRepositoryPort,
  type IssueRepository,
  issueRepositoryPort,
  profileRepositoryPort,
  type RecordRepository,
} from '@markitect/ports';
import type { CutoverPlan } from '@markitect/migration';

/** The components that can be moved off a legacy store. */
export const cutoverComponents = ['users', 'configuration', 'conversations', 'analytics', 'issues'] as const;
export type CutoverComponentName = (typeof cutoverComponents)[number];

export const profilePlan: CutoverPlan<RecordRepository> = {
  port: profileRepositoryPort,
  streams: ['stream'],
};

export const configurationPlan: CutoverPlan<RecordRepository> = {
  port: configurationRepositoryPort,
  streams: ['stream'],
};

export const conversationPlan: CutoverPlan<ConversationRepository> = {
  port: conversationRepositoryPort,
  streams: ['stream', 'streamMessages'],
};

export const analyticsPlan: CutoverPlan<AnalyticsRepository> = {
  port: analyticsRepositoryPort,
  keys: { append: (events) => events.map(({ id }) => id), removeMany: (ids) => ids },
  streams: ['stream'],
};

/** Both sides are the same tracker, reached in two ways: nothing is copied, so no keys need be known. */
export const issueCutoverPlan: CutoverPlan<IssueRepository> = {
  port: issueRepositoryPort,
  streams: ['stream'],
};
