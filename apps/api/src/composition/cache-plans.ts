import type { CachePlan } from '@markitect/adapter-cache';
import { type BoardReader, boardReaderPort } from '@markitect/application';
import {
  type DocumentRepository,
  documentRepositoryPort,
  type IssueRepository,
  issueRepositoryPort,
  type ProjectRepository,
  projectRepositoryPort,
} from '@markitect/ports';

/** The namespaces of the cache. */
export const cacheNamespaces = { trees: 'trees', documents: 'documents', issues: 'issues' } as const;

/**
 * What depends on many documents. What is read by its key comes from SQLite in about 30 µs, most of which a cache would
 * need itself, and would keep in memory a second time.
 */
export const documentPlan: CachePlan<DocumentRepository> = {
  port: documentRepositoryPort,
  reads: { list: { of: 'any' }, search: { of: 'any' }, links: { of: 'any' } },
};

/** The issues of a tracker behind HTTP. Issues have labels and milestones in them, and lists of others by state. */
export const issuePlan: CachePlan<IssueRepository> = {
  port: issueRepositoryPort,
  reads: {
    get: { of: 'key' },
    getMany: { of: (numbers) => numbers.map(String) },
    list: { of: 'any' },
    count: { of: 'any' },
    comments: { of: 'key' },
    blockers: { of: 'any' },
    blocked: { of: 'any' },
    timeline: { of: 'any' },
    labels: { of: 'any' },
    milestones: { of: 'any' },
  },
  writes: {
    create: () => [],
    block: (number, by) => [String(number), String(by)],
    unblock: (number, by) => [String(number), String(by)],
    saveLabel: 'all',
    saveMilestone: 'all',
  },
};

/** The boards that the tracker keeps. */
export const projectPlan: CachePlan<ProjectRepository> = {
  port: projectRepositoryPort,
  reads: { projects: { of: 'any' }, columns: { of: 'any' } },
  uses: [issueRepositoryPort],
};

/** The board that is put together of all open issues. */
export const boardPlan: CachePlan<BoardReader> = {
  port: boardReaderPort,
  reads: { read: { of: 'any' } },
  uses: [issueRepositoryPort, projectRepositoryPort],
};
