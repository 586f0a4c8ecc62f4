import type { Timestamp } from '@markitect/domain';
import { definePort } from '../port.js';

/** A file on its way into an archive. */
export interface ArchiveEntry {
  /** Relative, `/` between its parts, any length and any Unicode text that a `FileStore` takes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly modifiedAt: Timestamp;
}

/** Makes archives that every system can read: gzip-compressed tar files (POSIX.1-2001, `pax`). */
export interface Archiver {
  /**
   * The archive of these files, in their order, each readable and writable by its owner. The same entries make the
   * same bytes. Takes one entry at a time; memory is for one entry and the archive. An error of the sequence ends it.
   */
  pack(entries: AsyncIterable<ArchiveEntry>): Promise<Uint8Array>;
}

export const archiverPort = definePort<Archiver>('Archiver', {
  pack: { kind: 'read', idempotent: true },
});
