import { existsSync } from 'node:fs';
import {
  analyticsEventTable,
  cacheInvalidationTable,
  cacheLeaseTable,
  cacheTable,
  cutoverComponentTable,
  cutoverLogTable,
  cutoverMarkTable,
  cutoverMismatchTable,
  cutoverProcessTable,
  cutoverTallyTable,
  configurationTable,
  conversationTable,
  documentLinkTable,
  documentTable,
  documentTagTable,
  issueAssigneeTable,
  issueCommentTable,
  issueDependencyTable,
  issueEventTable,
  issueLabelTable,
  issueTable,
  messageTable,
  profileTable,
  rateLimitTable,
  scrapingJobTable,
  searchResultTable,
  searchTable,
  trackerLabelTable,
  trackerMilestoneTable,
  trackerTable,
} from '@markitect/adapter-sql';
import { documentDraft, markitectFailure } from '@markitect/testing';
import { describe, expect, it } from '@jest/globals';
import { DataSource, EntitySchema } from 'typeorm';
import { SqliteConnection, SqliteDocumentRepository } from '../src/index.js';
import { migrationNames } from '../src/migrations/migrations.js';
import { temporaryFile, temporaryStore } from './temporary-store.js';

async function withFile(work: (file: string) => Promise<void>): Promise<void> {
  const { file, remove } = await temporaryFile();
  try {
    await work(file);
  } finally {
    await remove();
  }
}

describe('migrations', () => {
  it('make the schema once, say what there is, and then change nothing', () =>
    withFile(async (file) => {
      const connection = new SqliteConnection({ file });
      await connection.open();
      const first = await connection.migrate();
      expect(first.applied).toEqual(migrationNames);
      expect(first.tables).toEqual([
        'analytics_events',
        'cache',
        'cache_invalidations',
        'cache_leases',
        'configuration',
        'conversations',
        'cutover_components',
        'cutover_log',
        'cutover_marks',
        'cutover_mismatches',
        'cutover_processes',
        'cutover_tallies',
        'document_links',
        'document_search',
        'document_tags',
        'documents',
        'issue_assignees',
        'issue_comments',
        'issue_dependencies',
        'issue_events',
        'issue_labels',
        'issue_search',
        'issues',
        'messages',
        'mirror_turns',
        'outbox',
        'profiles',
        'rate_limits',
        'scraping_jobs',
        'search_results',
        'searches',
        'task_limits',
        'task_pauses',
        'task_queue',
        'task_schedules',
        'tracker_labels',
        'tracker_milestones',
        'trackers',
        'workspace_checksums',
        'workspaces',
      ]);
      expect(first.indexes).toContain('documents_by_path');
      expect(await connection.migrate()).toEqual({ ...first, applied: [] });
      await connection.close();
    }));

  it('make exactly the tables that the entity schemas describe', async () => {
    const { file, connection, close } = await temporaryStore();
    const source = new DataSource({
      type: 'sqlite',
      database: file,
      entities: [
        new EntitySchema(documentTable),
        new EntitySchema(documentTagTable),
        new EntitySchema(documentLinkTable),
        new EntitySchema(issueTable),
        new EntitySchema(issueLabelTable),
        new EntitySchema(issueAssigneeTable),
        new EntitySchema(issueCommentTable),
        new EntitySchema(issueEventTable),
        new EntitySchema(issueDependencyTable),
        new EntitySchema(trackerTable),
        new EntitySchema(trackerLabelTable),
        new EntitySchema(trackerMilestoneTable),
        new EntitySchema(cacheTable),
        new EntitySchema(cacheInvalidationTable),
        new EntitySchema(cacheLeaseTable),
        new EntitySchema(cutoverComponentTable),
        new EntitySchema(cutoverLogTable),
        new EntitySchema(cutoverMarkTable),
        new EntitySchema(cutoverMismatchTable),
        new EntitySchema(cutoverProcessTable),
        new EntitySchema(cutoverTallyTable),
        new EntitySchema(searchTable),
        new EntitySchema(scrapingJobTable),
        new EntitySchema(searchResultTable),
        new EntitySchema(rateLimitTable),
        new EntitySchema(profileTable),
        new EntitySchema(configurationTable),
        new EntitySchema(conversationTable),
        new EntitySchema(messageTable),
        new EntitySchema(analyticsEventTable),
      ],
    });
    await source.initialize();
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    await connection.integrityCheck();
    await close();
  });

  it('run back one by one and forwards again', async () => {
    const { connection, repository, close } = await temporaryStore();
    await repository.save(documentDraft({ text: 'borrow checker' }));
    const search = () =>
      repository.search({ terms: [{ words: ['borrow'], prefix: false, excluded: false }] });
    for (const name of migrationNames.slice(1).reverse()) expect(await connection.revertLast()).toBe(name);
    expect((await markitectFailure(search)).code).toBe('STORE_NOT_INITIALIZED');
    expect((await connection.migrate()).applied).toEqual(migrationNames.slice(1));
    expect((await search()).items).toHaveLength(1);
    for (const name of [...migrationNames].reverse()) expect(await connection.revertLast()).toBe(name);
    expect(await connection.revertLast()).toBeUndefined();
    expect((await connection.migrate()).applied).toEqual(migrationNames);
    expect((await repository.list({})).items).toEqual([]);
    await close();
  });

  it('run once when several connections try at the same time', () =>
    withFile(async (file) => {
      const connections = Array.from({ length: 4 }, () => new SqliteConnection({ file, readers: 1 }));
      await Promise.all(connections.map((connection) => connection.open()));
      const reports = await Promise.all(connections.map((connection) => connection.migrate()));
      expect(reports.flatMap((report) => report.applied)).toEqual(migrationNames);
      await Promise.all(connections.map((connection) => connection.close()));
    }));

  it('of a newer version are refused, at opening and at migrating', async () => {
    const { file, connection, close } = await temporaryStore();
    const writer = await connection.writer();
    await writer.transaction((transaction) =>
      transaction.run(`INSERT INTO migrations(timestamp, name) VALUES (1, 'FromTheFuture1')`),
    );
    const failure = await markitectFailure(() => connection.migrate());
    expect(failure).toMatchObject({
      code: 'DATABASE_SCHEMA_TOO_NEW',
      details: { migrations: ['FromTheFuture1'] },
    });
    const other = new SqliteConnection({ file });
    expect((await markitectFailure(() => other.open())).code).toBe('DATABASE_SCHEMA_TOO_NEW');
    expect((await markitectFailure(() => connection.revertLast())).code).toBe('DATABASE_SCHEMA_TOO_NEW');
    await other.close();
    await close();
  });
});

describe('a store that is not there', () => {
  it('is not made by opening it with create: false', () =>
    withFile(async (file) => {
      const connection = new SqliteConnection({ file, create: false });
      expect((await markitectFailure(() => connection.open())).code).toBe('STORE_NOT_INITIALIZED');
      expect(existsSync(file)).toBe(false);
      await connection.close();
    }));

  it('is missed by operations before the first migration', () =>
    withFile(async (file) => {
      const connection = new SqliteConnection({ file });
      await connection.open();
      const repository = new SqliteDocumentRepository(connection);
      expect((await markitectFailure(() => repository.list({}))).code).toBe('STORE_NOT_INITIALIZED');
      expect((await markitectFailure(() => repository.save(documentDraft()))).code).toBe(
        'STORE_NOT_INITIALIZED',
      );
      await connection.close();
      const strict = new SqliteConnection({ file, create: false });
      expect((await markitectFailure(() => strict.open())).code).toBe('STORE_NOT_INITIALIZED');
    }));
});
