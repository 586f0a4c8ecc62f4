import { board } from './board.js';
import { cacheClear } from './cache-clear.js';
import { cacheInspect } from './cache-inspect.js';
import { cacheInvalidate } from './cache-invalidate.js';
import { cacheStats } from './cache-stats.js';
import type { CommandDefinition } from './command.js';
import { configShow } from './config-show.js';
import { docsLinks } from './docs-links.js';
import { docsList } from './docs-list.js';
import { docsQuery } from './docs-query.js';
import { docsRemove } from './docs-remove.js';
import { docsSearch } from './docs-search.js';
import { docsShow } from './docs-show.js';
import { ingest } from './ingest.js';
import { init } from './init.js';
import { issuesBlock, issuesUnblock } from './issues-block.js';
import { issuesClose, issuesReopen } from './issues-close.js';
import { issuesComment } from './issues-comment.js';
import { issuesCreate } from './issues-create.js';
import { issuesEdit } from './issues-edit.js';
import { issuesLabels } from './issues-labels.js';
import { issuesList } from './issues-list.js';
import { issuesMilestones } from './issues-milestones.js';
import { issuesMove } from './issues-move.js';
import { issuesShow } from './issues-show.js';
import { issuesSync } from './issues-sync.js';
import { recover } from './recover.js';
import { search } from './search.js';
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
  { name: ['issues'], summary: 'the issues of a Gitea repository, or kept here' },
  { name: ['workspace'], summary: 'folders for work, saved and archived whole' },
  { name: ['cache'], summary: 'what is kept of what was read' },
  { name: ['config'], summary: 'the settings in use' },
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
  search,
  issuesList,
  issuesShow,
  issuesCreate,
  issuesEdit,
  issuesClose,
  issuesReopen,
  issuesComment,
  issuesMove,
  issuesBlock,
  issuesUnblock,
  issuesLabels,
  issuesMilestones,
  issuesSync,
  board,
  workspaceStart,
  workspaceStatus,
  workspaceList,
  workspaceAdd,
  workspaceSave,
  workspaceRestore,
  workspaceFinish,
  workspaceAbandon,
  workspaceOpen,
  cacheStats,
  cacheInspect,
  cacheInvalidate,
  cacheClear,
  configShow,
  recover,
  serve,
];
