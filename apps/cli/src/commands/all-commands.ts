import type { CommandDefinition } from './command.js';
import { docsLinks } from './docs-links.js';
import { docsList } from './docs-list.js';
import { docsQuery } from './docs-query.js';
import { docsRemove } from './docs-remove.js';
import { docsSearch } from './docs-search.js';
import { docsShow } from './docs-show.js';
import { ingest } from './ingest.js';
import { init } from './init.js';
import { recover } from './recover.js';
import { serve } from './serve.js';
import { workspaceAbandon } from './workspace-abandon.js';
import { workspaceAdd } from './workspace-add.js';
import { workspaceFinish } from './workspace-finish.js';
import { workspaceList } from './workspace-list.js';
import { workspaceOpen } from './workspace-open.js';
import { workspaceRestore } from './workspace-restore.js';
import { workspaceSave } from './workspace-save.js';
import { workspaceStart } from './workspace-start.js';
import { workspaceStatus } from './workspace-status.js';

/** A word that only holds commands together. */
export interface CommandGroup {
  readonly name: readonly string[];
  readonly summary: string;
}

export const commandGroups: readonly CommandGroup[] = [
  { name: ['docs'], summary: 'read, search and remove stored documents' },
  { name: ['workspace'], summary: 'folders for work, saved and archived whole' },
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
  workspaceStart,
  workspaceStatus,
  workspaceList,
  workspaceAdd,
  workspaceSave,
  workspaceRestore,
  workspaceFinish,
  workspaceAbandon,
  workspaceOpen,
  recover,
  serve,
];
