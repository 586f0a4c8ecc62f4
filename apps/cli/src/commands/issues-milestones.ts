import type { Milestone } from '@markitect/domain';
import type { StaleAllowed } from '@markitect/ports';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { calendarDay } from './issue-filter.js';
import { given, nonEmpty, refuseWithout } from './option-values.js';
import { noteStale, staleJson, staleShape, withTracker } from './tracker.js';

interface Options {
  readonly save?: string;
  readonly description?: string;
  readonly state?: 'open' | 'closed';
  /** False: none. */
  readonly due?: string | false;
}

/** `markitect issues milestones` */
export const issuesMilestones = defineCommand<Options>({
  name: ['issues', 'milestones'],
  summary: 'list the milestones of the tracker, or save one',
  description:
    'With --save the milestone is added, or the one of this title changed in what is named. Not on a terminal: title, ' +
    'state, day it is due and description, separated by tabs.',
  options: [
    {
      flags: '--save <title>',
      description: 'add or change this milestone',
      parse: nonEmpty('--save'),
      group: 'Saving:',
    },
    { flags: '--description <text>', description: 'what it is about', group: 'Saving:' },
    {
      flags: '--state <state>',
      description: 'its state',
      choices: ['open', 'closed'],
      defaultText: 'open',
      group: 'Saving:',
    },
    {
      flags: '--due <day>',
      description: 'when it is due, e.g. 2026-12-01',
      parse: calendarDay('--due'),
      group: 'Saving:',
    },
    { flags: '--no-due', description: 'no day it is due', group: 'Saving:' },
  ],
  examples: [
    { command: 'markitect issues milestones', does: 'all of them' },
    { command: 'markitect issues milestones --save 2.0 --due 2026-12-24', does: 'one with a day' },
  ],
  json: `// with --save: the milestone; otherwise
{
  items: { title: string; description: string; state: 'open' | 'closed'; dueOn?: string }[];
  ${staleShape}
}`,
  async run(context, _args, { save, ...values }) {
    const { terminal } = context;
    if (save !== undefined) {
      const milestone = await withTracker(
        context,
        async ({ issues }) => {
          const known = (await issues.milestones({ maxAgeMs: 0 })).value.find(({ title }) => title === save);
          const dueOn = values.due === false ? undefined : (values.due ?? known?.dueOn);
          return issues.saveMilestone({
            title: save,
            description: values.description ?? known?.description ?? '',
            state: values.state ?? known?.state ?? 'open',
            ...given({ dueOn }),
          });
        },
        { create: true },
      );
      if (terminal.json) terminal.printJson(milestone);
      else terminal.print(`saved milestone ${terminal.style.bold(printableLine(milestone.title))}`);
      return;
    }
    refuseWithout('--save', values);
    const { value: milestones, stale } = await withTracker<StaleAllowed<readonly Milestone[]>>(
      context,
      ({ issues }) => issues.milestones(),
      { none: () => ({ value: [] }) },
    );
    if (terminal.json) {
      terminal.printJson({ items: milestones, ...staleJson(stale) });
      return;
    }
    noteStale(terminal, stale);
    if (milestones.length === 0) {
      terminal.note(
        'The tracker has no milestones yet. Add one with: markitect issues milestones --save <title>',
      );
      return;
    }
    const { style } = terminal;
    printColumns<Milestone>(
      terminal,
      [
        {
          heading: 'MILESTONE',
          text: ({ title }) => printableLine(title),
          shorten: 'end',
          last: true,
          paint: style.cyan,
        },
        { heading: 'STATE', text: ({ state }) => state },
        { heading: 'DUE', text: ({ dueOn }) => dueOn ?? '' },
        { heading: 'DESCRIPTION', text: ({ description }) => printableLine(description), shorten: 'end' },
      ],
      milestones,
    );
  },
});
