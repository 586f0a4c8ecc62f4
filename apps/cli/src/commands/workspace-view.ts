import type { Application, WorkspacePlaces } from '@markitect/api';
import type { WorkspaceStatus } from '@markitect/application';
import { allowedCommands, type WorkspaceCommand } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showBytes, showInstant } from '../terminal/quantities.js';
import { showPath } from '../terminal/show-path.js';
import { given } from './option-values.js';
import type { Style, Terminal } from '../terminal/terminal.js';

/** The shape of {@link workspaceJson}. */
export const workspaceShape = `{
  slug: string; title: string; id: string;
  state: 'clean' | 'active' | 'dirty' | 'finished' | 'abandoned';
  folder?: string;          // absolute path, while it is open
  archive?: string;         // absolute path, when it is finished
  template: string; revision: number;
  createdAt: string; updatedAt: string; savedAt?: string; endedAt?: string;
  changed: string[]; missing: string[]; unknown: string[];   // compared with the last save
  files: { path: string; checksum: string; bytes: number }[];   // as last saved, or started
}`;

/** A workspace, and where its files are. */
export type LocatedWorkspace = WorkspaceStatus & WorkspacePlaces;

/** A workspace as commands show it. */
export function located(application: Application, status: WorkspaceStatus): LocatedWorkspace {
  return { ...status, ...application.placesOf(status) };
}

/** A workspace as programs get it. */
export function workspaceJson(workspace: LocatedWorkspace): object {
  return { ...workspaceSummary(workspace), files: workspace.baseline };
}

/** The same without its files. */
export function workspaceSummary(workspace: LocatedWorkspace): object {
  const { slug, title, id, state, folder, archive, template, revision } = workspace;
  const { createdAt, updatedAt, savedAt, end, changed, missing, unknown } = workspace;
  return {
    ...{ slug, title, id, state },
    ...given({ folder, archive }),
    ...{ template, revision, createdAt, updatedAt },
    ...given({ savedAt, endedAt: end?.at }),
    ...{ changed, missing, unknown },
  };
}

/** Prints a workspace and what differs in it: for a program as lines of a name, a tab and a value. */
export function printWorkspace({ terminal, cwd }: CommandContext, status: LocatedWorkspace): void {
  const { slug, title, state, template, createdAt, savedAt, end, baseline } = status;
  const { style } = terminal;
  const places = (['folder', 'archive'] as const).flatMap((name) => {
    const path = status[name];
    return path === undefined ? [] : [{ name, path }];
  });
  const differences = (['changed', 'missing', 'unknown'] as const).flatMap((kind) =>
    status[kind].map((path) => ({ kind, path: printableLine(path) })),
  );
  if (!terminal.isInteractive) {
    const facts = [
      ['slug', slug],
      ['title', printableLine(title)],
      ['state', state],
      ...places.map(({ name, path }) => [name, printableLine(path)]),
      ...differences.map(({ kind, path }) => [kind, path]),
    ];
    terminal.print(...facts.map((fact) => fact.join('\t')));
    return;
  }
  const heading = title === slug ? [] : [printableLine(title)];
  const bytes = baseline.reduce((sum, file) => sum + file.bytes, 0);
  const saved = `${countOf(baseline.length, 'file')}, ${showBytes(bytes)}`;
  const rows: [string, string][] = [
    ...places.map(({ name, path }): [string, string] => [name, showPath(path, cwd)]),
    ['started', `${showInstant(createdAt)} from template ${printableLine(template)}`],
    ...(savedAt === undefined ? [] : [['saved', `${showInstant(savedAt)}, ${saved}`] as [string, string]]),
    ...(end === undefined ? [] : [[end.as, showInstant(end.at)] as [string, string]]),
  ];
  terminal.print(
    [style.bold(slug), ...heading, stateColors(style)[state](state)].join(style.dim(' · ')),
    ...rows.map(([name, value]) => `  ${style.dim(name.padEnd(9))} ${value}`),
    ...(differences.length === 0 ? [] : ['']),
    ...differences.map(({ kind, path }) => `  ${differenceColors(style)[kind](kind.padEnd(9))} ${path}`),
  );
}

/** How states are colored. */
export function stateColors(style: Style) {
  return {
    clean: style.cyan,
    active: style.green,
    dirty: style.yellow,
    finished: style.dim,
    abandoned: style.dim,
  };
}

function differenceColors(style: Style) {
  return { changed: style.yellow, missing: style.red, unknown: style.green };
}

/** What can be done next, and the words for it. */
const nextSteps = {
  start: { rest: '', does: 'start it anew' },
  save: { rest: '', does: 'record the files as they are' },
  restore: { rest: ' <file> -w', does: 'give a file its saved content back' },
  finish: { rest: '', does: 'archive it and remove its folder' },
  abandon: { rest: '', does: 'remove its folder and keep nothing' },
} as const satisfies Partial<Record<WorkspaceCommand, object>>;

type NextStep = keyof typeof nextSteps;

/** Says on stderr which of these steps the state allows. For people only. */
export function noteNextSteps(
  terminal: Terminal,
  { slug, state }: WorkspaceStatus,
  steps: readonly NextStep[],
): void {
  if (!terminal.showsProgress) return;
  const allowed = allowedCommands(state);
  const lines = steps
    .filter((step) => allowed.includes(step))
    .map((step) => {
      const { rest, does } = nextSteps[step];
      return { command: `markitect workspace ${step}${rest} ${slug}`, does };
    });
  if (lines.length === 0) return;
  const width = Math.max(...lines.map(({ command }) => command.length));
  terminal.note(
    '',
    ...lines.map(({ command, does }) => terminal.noteStyle.dim(`  ${command.padEnd(width)}  ${does}`)),
  );
}
