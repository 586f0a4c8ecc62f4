import { access } from 'node:fs/promises';
import { FsDocumentSource } from '@markitect/adapter-fs';
import { databaseFile } from '@markitect/api';
import type { SourceRequest } from '@markitect/ports';

/** Whether there is a database in a data directory. */
export async function hasDatabase(dataDir: string): Promise<boolean> {
  return access(databaseFile(dataDir)).then(
    () => true,
    () => false,
  );
}

/** Checks sources before there is a store. Throws what `DocumentSource.resolve` throws. */
export async function checkSources(request: SourceRequest): Promise<void> {
  await new FsDocumentSource().resolve(request);
}
