import type { DocumentService, IngestService } from '@markitect/application';
import type { SqliteConnection } from '@markitect/adapter-sqlite';
import type { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import type { ConnectionManager } from '@markitect/connections';
import type { MarkdownNode } from '@markitect/domain';
import type { AstStore, Cache, DocumentRepository, DocumentSource, MarkdownParser } from '@markitect/ports';
import type { InjectionToken } from 'tsyringe';

/** A name in the container that knows what it names. */
function token<T>(name: string): InjectionToken<T> {
  return Symbol(name);
}

/** What the container makes. Each is made once, when it is first asked for. */
export const tokens = {
  store: token<SqliteConnection>('SqliteConnection'),
  connections: token<ConnectionManager>('ConnectionManager'),
  /** The parser itself, which has threads to be closed. */
  parserThreads: token<WorkerMarkdownParser>('WorkerMarkdownParser'),
  parser: token<MarkdownParser>('MarkdownParser'),
  repository: token<DocumentRepository>('DocumentRepository'),
  source: token<DocumentSource>('DocumentSource'),
  trees: token<AstStore>('AstStore'),
  cache: token<Cache<MarkdownNode>>('Cache'),
  documents: token<DocumentService>('DocumentService'),
  ingest: token<IngestService>('IngestService'),
} as const;
