export { FsAstStore } from './fs-ast-store.js';
export type { FsAstStoreOptions } from './fs-ast-store.js';
export { FsDocumentSource } from './fs-document-source.js';
export type { FsDocumentSourceOptions } from './fs-document-source.js';
