import { printableLine } from '../terminal/printable.js';
import { argument, defineCommand } from './command.js';
import { issueShape, numberArgument, versionOption, type VersionOptions, withTracker } from './tracker.js';

/** `markitect issues move` */
export const issuesMove = defineCommand<VersionOptions>({
  name: ['issues', 'move'],
  summary: 'put an issue into a column of the board',
  description:
    'It gets what the column is made of: a label, a milestone or a state, as `board.columns` says, and loses what ' +
    'other columns are made of. Where the tracker keeps boards itself, the card is moved there.',
  arguments: [numberArgument, { name: 'column', description: 'its name, whatever the case: doing' }],
  options: [versionOption],
  examples: [
    { command: 'markitect issues move 42 doing', does: 'somebody works on it' },
    { command: "markitect issues move 42 'To do'", does: 'it is next' },
  ],
  json: `{
  issue: ${issueShape.replaceAll('\n', '\n  ')};
  column: string;
  changed: boolean;        // false: it stood there already
}`,
  async run(context, args, { ifVersion }) {
    const { terminal } = context;
    const moved = await withTracker(context, ({ issues }) =>
      issues.move(argument(args), argument(args, 1), ifVersion),
    );
    if (terminal.json) {
      terminal.printJson(moved);
      return;
    }
    const { issue, column, changed } = moved;
    const { style } = terminal;
    const where = style.cyan(printableLine(column));
    terminal.print(
      changed
        ? `moved ${style.bold(`#${issue.number}`)} to ${where}`
        : `${style.bold(`#${issue.number}`)} stands in ${where} already`,
    );
  },
});
