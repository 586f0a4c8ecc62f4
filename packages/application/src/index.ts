export { DocumentService } from './documents/document-service.js';
export type { DocumentServiceOptions, SearchRequest } from './documents/document-service.js';
export type { DocumentTreesPorts } from './documents/document-trees.js';
export type { IngestFailure, IngestProgress, IngestReport, IngestRun } from './documents/ingest-report.js';
export { IngestService } from './documents/ingest-service.js';
export type { IngestOptions, IngestPorts, IngestRequest } from './documents/ingest-service.js';
export type { NodeHit, NodeQuery } from './documents/select-nodes.js';
