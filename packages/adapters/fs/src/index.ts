export { FsAstStore } from './fs-ast-store.js';
export type { FsAstStoreOptions } from './fs-ast-store.js';
export { FsDocumentSource } from './fs-document-source.js';
export { FsFileStore } from './files/fs-file-store.js';
export type { FsFileStoreOptions } from './files/fs-file-store.js';
export { FsWorkspaceLock } from './workspaces/fs-workspace-lock.js';
export type { FsWorkspaceLockOptions } from './workspaces/fs-workspace-lock.js';
export { TarArchiver } from './workspaces/tar-archiver.js';
