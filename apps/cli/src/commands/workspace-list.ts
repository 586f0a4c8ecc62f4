import type { WorkspaceStatus } from '@markitect/application';
import type { WorkspaceState } from '@markitect/domain';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { showInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, pageOptions, type PageOptions } from './option-values.js';
import { located, stateColors, workspaceSummary } from './workspace-view.js';

interface Options extends PageOptions {
  readonly state?: WorkspaceState;
}

const states: readonly WorkspaceState[] = ['clean', 'active', 'dirty', 'finished', 'abandoned'];

/** `markitect workspace list` */
export const workspaceList = defineCommand<Options>({
  name: ['workspace', 'list'],
  summary: 'list workspaces with their states',
  description:
    'By slug. Reads the files of those that are open. Without a terminal one line for each with slug, state, title, ' +
    'the number of files that differ and the time of the last change (UTC), separated by tabs.',
  options: [
    {
      flags: '--state <state>',
      description: 'only those in this state',
      choices: states,
      group: 'Filters:',
    },
    ...pageOptions,
  ],
  examples: [
    { command: 'markitect workspace list', does: 'all of them' },
    { command: 'markitect workspace list --state dirty', does: 'those with changes that are not saved' },
  ],
  json: `{
  items: {                 // as of \`workspace status\`, without files
    slug: string; title: string; id: string; state: string;
    folder?: string; archive?: string; template: string; revision: number;
    createdAt: string; updatedAt: string; savedAt?: string; endedAt?: string;
    changed: string[]; missing: string[]; unknown: string[];
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, options) {
    const { terminal } = context;
    const config = await context.projectConfig();
    const page = await context.withApplication(
      async (application) => {
        const { items, ...rest } = await application.workspaces.list(given(options));
        return { ...rest, items: items.map((item) => located(application, item)) };
      },
      { config },
    );
    if (terminal.json) {
      terminal.printJson({ ...page, items: page.items.map(workspaceSummary) });
      return;
    }
    if (page.items.length === 0) {
      terminal.note(
        options.state === undefined
          ? 'There are no workspaces yet. Start one with: markitect workspace start <slug>'
          : `No workspace is ${options.state}.`,
      );
    } else {
      printWorkspaces(terminal, page.items);
    }
    noteNextPage(context, page);
  },
});

function printWorkspaces(terminal: Terminal, items: readonly WorkspaceStatus[]): void {
  const { style } = terminal;
  const colors = stateColors(style);
  const paintState = (text: string) => {
    const state = states.find((each) => each === text.trim());
    return state === undefined ? text : colors[state](text);
  };
  const differing = (row: WorkspaceStatus) => row.changed.length + row.missing.length + row.unknown.length;
  printColumns<WorkspaceStatus>(
    terminal,
    [
      { heading: 'SLUG', text: ({ slug }) => slug, shorten: 'end', last: true, paint: style.bold },
      { heading: 'STATE', text: ({ state }) => state, paint: paintState },
      { heading: 'TITLE', text: ({ title }) => printableLine(title), shorten: 'end' },
      {
        heading: 'UNSAVED',
        text: (row) => (differing(row) === 0 ? '' : String(differing(row))),
        exact: (row) => String(differing(row)),
        align: 'right',
      },
      {
        heading: 'UPDATED',
        text: ({ updatedAt }) => showInstant(updatedAt),
        exact: ({ updatedAt }) => updatedAt,
        paint: style.dim,
      },
    ],
    items,
  );
}
