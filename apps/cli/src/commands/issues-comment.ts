import { UsageError } from '../program/usage-error.js';
import { argument, defineCommand } from './command.js';
import { bodyFileOption, bodyOf } from './text-option.js';
import { numberArgument, withTracker } from './tracker.js';

interface Options {
  readonly bodyFile?: string;
}

/** `markitect issues comment` */
export const issuesComment = defineCommand<Options>({
  name: ['issues', 'comment'],
  summary: 'say something about an issue',
  arguments: [numberArgument, { name: 'text', description: 'what to say, in Markdown', optional: true }],
  options: [bodyFileOption],
  examples: [
    { command: "markitect issues comment 42 'Happens in 2.1, too.'", does: 'a few words' },
    { command: 'npm test 2>&1 | markitect issues comment 42 --body-file -', does: 'from a pipe' },
  ],
  json: `{ id: number; author: string; body: string; createdAt: string; updatedAt: string }`,
  async run(context, args, { bodyFile }) {
    const { terminal } = context;
    const [number = '', text] = args;
    if ((text === undefined) === (bodyFile === undefined)) {
      throw new UsageError('say it either as text or with --body-file', { field: 'text' });
    }
    const body = (await bodyOf(context, bodyFile === undefined ? { body: text ?? '' } : { bodyFile })) ?? '';
    const comment = await withTracker(context, ({ issues }) => issues.comment(number, body));
    if (terminal.json) terminal.printJson(comment);
    else terminal.print(`commented on ${terminal.style.bold(`#${argument(args).replace('#', '')}`)}`);
  },
});
