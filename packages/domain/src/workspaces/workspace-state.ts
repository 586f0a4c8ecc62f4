import { Conflict } from '../errors/markitect-error.js';
import { differs, diffWorkspace } from './workspace-diff.js';
import type { WorkspaceFile, WorkspaceManifest } from './workspace-manifest.js';

/**
 * `clean`: as started, nothing saved yet. `active`: saved at least once, and as last saved. `dirty`: some file is not as
 * last saved, or as started. `finished`, `abandoned`: over.
 */
export type WorkspaceState = 'clean' | 'active' | 'dirty' | 'finished' | 'abandoned';

/** What can be done with a workspace, besides looking at it. */
export type WorkspaceCommand = 'start' | 'add' | 'save' | 'restore' | 'finish' | 'abandon' | 'open';

/** The state of a workspace with these files on disk. */
export function workspaceState(
  manifest: Pick<WorkspaceManifest, 'baseline' | 'savedAt' | 'end'>,
  scan: readonly WorkspaceFile[],
): WorkspaceState {
  if (manifest.end !== undefined) return manifest.end.as;
  if (differs(diffWorkspace(manifest.baseline, scan))) return 'dirty';
  return manifest.savedAt === undefined ? 'clean' : 'active';
}

/**
 * The state machine: which commands each state allows, and the states they can lead to. Editing files leads from
 * `clean` and `active` to `dirty` and back without a command. A command that is not named is refused: `restore` where
 * nothing differs, `finish` where nothing was ever written (abandon it), `start` while one is open.
 */
export const workspaceTransitions: Readonly<
  Record<WorkspaceState, Readonly<Partial<Record<WorkspaceCommand, readonly WorkspaceState[]>>>>
> = {
  clean: { add: ['clean', 'dirty'], save: ['active'], abandon: ['abandoned'], open: ['clean'] },
  active: {
    add: ['active', 'dirty'],
    save: ['active'],
    finish: ['finished'],
    abandon: ['abandoned'],
    open: ['active'],
  },
  dirty: {
    add: ['clean', 'active', 'dirty'],
    save: ['active'],
    restore: ['clean', 'active', 'dirty'],
    finish: ['finished'],
    abandon: ['abandoned'],
    open: ['dirty'],
  },
  finished: { start: ['clean'] },
  abandoned: { start: ['clean'] },
};

/** The commands a state allows, in the order of {@link workspaceTransitions}. */
export function allowedCommands(state: WorkspaceState): readonly WorkspaceCommand[] {
  return Object.keys(workspaceTransitions[state]) as WorkspaceCommand[];
}

/** Throws Conflict `WORKSPACE_STATE_INVALID` naming the state and what it allows, unless it allows the command. */
export function requireAllowed(slug: string, state: WorkspaceState, command: WorkspaceCommand): void {
  const allowed = allowedCommands(state);
  if (allowed.includes(command)) return;
  throw new Conflict(
    'WORKSPACE_STATE_INVALID',
    `workspace ${slug} is ${state}: it cannot be used with ${command}, only with ${allowed.join(', ')}`,
    { details: { slug, state, command, allowed } },
  );
}
