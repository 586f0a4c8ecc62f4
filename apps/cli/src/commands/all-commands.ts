import type { CommandDefinition } from './command.js';
import { docsLinks } from './docs-links.js';
import { docsList } from './docs-list.js';
import { docsQuery } from './docs-query.js';
import { docsRemove } from './docs-remove.js';
import { docsSearch } from './docs-search.js';
import { docsShow } from './docs-show.js';
import { ingest } from './ingest.js';
import { init } from './init.js';
import { serve } from './serve.js';

/** A word that only holds commands together. */
export interface CommandGroup {
  readonly name: readonly string[];
  readonly summary: string;
}

export const commandGroups: readonly CommandGroup[] = [
  { name: ['docs'], summary: 'read, search and remove stored documents' },
];

/** Every command, in the order help shows them. */
export const allCommands: readonly CommandDefinition<never>[] = [
  init,
  ingest,
  docsList,
  docsShow,
  docsSearch,
  docsLinks,
  docsQuery,
  docsRemove,
  serve,
];
