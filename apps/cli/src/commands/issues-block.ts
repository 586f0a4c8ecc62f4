import { parseIssueNumber } from '@markitect/domain';
import { UsageError } from '../program/usage-error.js';
import { argument, defineCommand, type OptionDefinition } from './command.js';
import { nonEmpty } from './option-values.js';
import { numberArgument, withTracker } from './tracker.js';

interface Options {
  readonly by?: string;
}

const byOption: OptionDefinition = {
  flags: '--by <number>',
  description: 'the issue it waits for (required)',
  parse: nonEmpty('--by'),
};

const json = `{ number: number; by: number }`;

/** `markitect issues block` */
export const issuesBlock = defineCommand<Options>({
  name: ['issues', 'block'],
  summary: 'make an issue wait for another',
  description: 'It cannot be closed while the other is open.',
  arguments: [numberArgument],
  options: [byOption],
  examples: [{ command: 'markitect issues block 42 --by 41', does: '42 waits for 41' }],
  json,
  async run(context, args, options) {
    const { terminal } = context;
    const { number, by } = numbersOf(args, options);
    await withTracker(context, ({ issues }) => issues.block(number, by));
    if (terminal.json) terminal.printJson({ number, by });
    else terminal.print(`#${number} waits for #${by}`);
  },
});

/** `markitect issues unblock` */
export const issuesUnblock = defineCommand<Options>({
  name: ['issues', 'unblock'],
  summary: 'make an issue wait for another no longer',
  arguments: [numberArgument],
  options: [byOption],
  examples: [{ command: 'markitect issues unblock 42 --by 41', does: '42 need not wait for 41' }],
  json,
  async run(context, args, options) {
    const { terminal } = context;
    const { number, by } = numbersOf(args, options);
    await withTracker(context, ({ issues }) => issues.unblock(number, by));
    if (terminal.json) terminal.printJson({ number, by });
    else terminal.print(`#${number} does not wait for #${by}`);
  },
});

function numbersOf(
  args: readonly string[],
  { by }: Options,
): { readonly number: number; readonly by: number } {
  if (by === undefined) throw new UsageError('--by must be given', { field: '--by' });
  return { number: parseIssueNumber(argument(args)), by: parseIssueNumber(by, '--by') };
}
