import { analyticsCommands } from './analytics-commands.js';
import { board } from './board.js';
import { cacheClear } from './cache-clear.js';
import { cacheInspect } from './cache-inspect.js';
import { cacheInvalidate } from './cache-invalidate.js';
import { cacheStats } from './cache-stats.js';
import type { CommandDefinition } from './command.js';
import { configShow } from './config-show.js';
import { cutoverBackfill } from './cutover-backfill.js';
import { cutoverDiff } from './cutover-diff.js';
import { cutoverLimit } from './cutover-limit.js';
import { cutoverLog, cutoverMismatches } from './cutover-log.js';
import {
  cutoverRepairsExplain,
  cutoverRepairsList,
  cutoverRepairsRetry,
  cutoverRepairsShow,
} from './cutover-repairs.js';
import { cutoverStatus } from './cutover-status.js';
import {
  cutoverCancel,
  cutoverComplete,
  cutoverReverse,
  cutoverStart,
  cutoverSwitchReads,
  cutoverSwitchWrites,
} from './cutover-steps.js';
import { cutoverWatch } from './cutover-watch.js';
import { configurationCommands } from './configuration-commands.js';
import { conversationsCommands } from './conversations-commands.js';
import { dbAdvise } from './db-advise.js';
import { dbBackup } from './db-backup.js';
import { dbCheck } from './db-check.js';
import { dbDiagram } from './db-diagram.js';
import { dbInit } from './db-init.js';
import { dbMigrate } from './db-migrate.js';
import { dbRevert } from './db-revert.js';
import { dbStatus } from './db-status.js';
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
import { researchCancel } from './research-cancel.js';
import { researchList } from './research-list.js';
import { researchRemove } from './research-remove.js';
import { researchRerun } from './research-rerun.js';
import { researchResults } from './research-results.js';
import { researchSave } from './research-save.js';
import { researchStart } from './research-start.js';
import { researchStatus } from './research-status.js';
import { researchWatch } from './research-watch.js';
import { search } from './search.js';
import { serve } from './serve.js';
import { tasksCancel, tasksRetry } from './tasks-cancel.js';
import { tasksEnqueue } from './tasks-enqueue.js';
import { tasksLimit } from './tasks-limit.js';
import { tasksList } from './tasks-list.js';
import { tasksPause, tasksResume } from './tasks-pause.js';
import { tasksPrune, tasksRedrive } from './tasks-redrive.js';
import { tasksScheduleList, tasksScheduleRemove, tasksScheduleSet } from './tasks-schedule.js';
import { tasksShow } from './tasks-show.js';
import { tasksStats } from './tasks-stats.js';
import { tasksTypes } from './tasks-types.js';
import { usersCommands } from './users-commands.js';
import { work } from './work.js';
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
  { name: ['research'], summary: 'questions put to documents, issues and the web' },
  { name: ['tasks'], summary: 'what workers do, and when' },
  { name: ['tasks', 'schedule'], summary: 'tasks that are made again and again' },
  { name: ['users'], summary: 'the profiles of users' },
  { name: ['configuration'], summary: 'what your systems are configured with' },
  { name: ['conversations'], summary: 'what users and your systems say to each other' },
  { name: ['analytics'], summary: 'what happened, kept to be counted' },
  { name: ['cutover'], summary: 'move components off legacy stores, and back' },
  { name: ['cutover', 'repairs'], summary: 'keys that the other store may not have yet' },
  { name: ['cache'], summary: 'what is kept of what was read' },
  { name: ['db'], summary: 'look after the database' },
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
  researchStart,
  researchStatus,
  researchList,
  researchResults,
  researchWatch,
  researchCancel,
  researchRerun,
  researchSave,
  researchRemove,
  tasksEnqueue,
  tasksList,
  tasksShow,
  tasksCancel,
  tasksRetry,
  tasksRedrive,
  tasksStats,
  tasksTypes,
  tasksPause,
  tasksResume,
  tasksLimit,
  tasksScheduleList,
  tasksScheduleSet,
  tasksScheduleRemove,
  tasksPrune,
  work,
  ...Object.values(usersCommands),
  ...Object.values(configurationCommands),
  ...Object.values(conversationsCommands),
  ...Object.values(analyticsCommands),
  cutoverStatus,
  cutoverStart,
  cutoverBackfill,
  cutoverDiff,
  cutoverSwitchReads,
  cutoverSwitchWrites,
  cutoverReverse,
  cutoverComplete,
  cutoverCancel,
  cutoverRepairsList,
  cutoverRepairsShow,
  cutoverRepairsExplain,
  cutoverRepairsRetry,
  cutoverMismatches,
  cutoverLimit,
  cutoverLog,
  cutoverWatch,
  cacheStats,
  cacheInspect,
  cacheInvalidate,
  cacheClear,
  dbInit,
  dbMigrate,
  dbRevert,
  dbStatus,
  dbCheck,
  dbBackup,
  dbDiagram,
  dbAdvise,
  configShow,
  recover,
  serve,
];
