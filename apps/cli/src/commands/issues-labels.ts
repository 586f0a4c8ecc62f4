import type { Label } from '@markitect/domain';
import type { StaleAllowed } from '@markitect/ports';
import { printColumns } from '../terminal/columns.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { nonEmpty, refuseWithout } from './option-values.js';
import { noteStale, staleJson, staleShape, withTracker } from './tracker.js';

interface Options {
  readonly save?: string;
  readonly color?: string;
  readonly description?: string;
  readonly exclusive?: boolean;
}

/** What a label looks like that nobody has given a color. */
const COLOR = '8b949e';

/** `markitect issues labels` */
export const issuesLabels = defineCommand<Options>({
  name: ['issues', 'labels'],
  summary: 'list the labels of the tracker, or save one',
  description:
    'With --save the label is added, or the one of this name changed in what is named. An issue has at most one ' +
    'exclusive label of a scope, which is the part of its name before the last "/". Not on a terminal: name, color, ' +
    '"exclusive" or nothing, and description, separated by tabs.',
  options: [
    {
      flags: '--save <name>',
      description: 'add or change this label',
      parse: nonEmpty('--save'),
      group: 'Saving:',
    },
    {
      flags: '--color <digits>',
      description: 'six hexadecimal digits',
      defaultText: `${COLOR}, a grey`,
      parse: (value) => nonEmpty('--color')(value).replace(/^#/, '').toLowerCase(),
      group: 'Saving:',
    },
    { flags: '--description <text>', description: 'what it means', group: 'Saving:' },
    {
      flags: '--exclusive',
      description: 'no second label of its scope beside it; --no-exclusive: no longer so',
      group: 'Saving:',
    },
    { flags: '--no-exclusive', description: 'others of its scope beside it', group: 'Saving:' },
  ],
  examples: [
    { command: 'markitect issues labels', does: 'all of them' },
    {
      command: 'markitect issues labels --save priority/high --color d93f0b --exclusive',
      does: 'one for urgent issues',
    },
  ],
  json: `// with --save: the label; otherwise
{
  items: { name: string; color: string; description: string; exclusive: boolean }[];
  ${staleShape}
}`,
  async run(context, _args, { save, ...values }) {
    const { terminal } = context;
    if (save !== undefined) {
      const label = await withTracker(
        context,
        async ({ issues }) => {
          const known = (await issues.labels({ maxAgeMs: 0 })).value.find(({ name }) => name === save);
          return issues.saveLabel({
            name: save,
            color: values.color ?? known?.color ?? COLOR,
            description: values.description ?? known?.description ?? '',
            exclusive: values.exclusive ?? known?.exclusive ?? false,
          });
        },
        { create: true },
      );
      if (terminal.json) terminal.printJson(label);
      else terminal.print(`saved label ${terminal.style.bold(printableLine(label.name))}`);
      return;
    }
    refuseWithout('--save', values);
    const { value: labels, stale } = await withTracker<StaleAllowed<readonly Label[]>>(
      context,
      ({ issues }) => issues.labels(),
      { none: () => ({ value: [] }) },
    );
    if (terminal.json) {
      terminal.printJson({ items: labels, ...staleJson(stale) });
      return;
    }
    noteStale(terminal, stale);
    if (labels.length === 0) {
      terminal.note('The tracker has no labels yet. Add one with: markitect issues labels --save <name>');
      return;
    }
    const { style } = terminal;
    printColumns<Label>(
      terminal,
      [
        {
          heading: 'LABEL',
          text: ({ name }) => printableLine(name),
          shorten: 'end',
          last: true,
          paint: style.cyan,
        },
        { heading: 'COLOR', text: ({ color }) => color, paint: style.dim },
        { heading: 'EXCLUSIVE', text: ({ exclusive }) => (exclusive ? 'exclusive' : '') },
        { heading: 'DESCRIPTION', text: ({ description }) => printableLine(description), shorten: 'end' },
      ],
      labels,
    );
  },
});
