import { printableLine } from '../terminal/printable.js';
import { argument, defineCommand } from './command.js';
import { given } from './option-values.js';
import { researchArgument, researchId } from './research-view.js';
import { withTracker } from './tracker.js';

interface Options {
  readonly replace?: boolean;
}

/** `markitect research save` */
export const researchSave = defineCommand<Options>({
  name: ['research', 'save'],
  summary: 'keep a finished research as a document',
  description:
    'The document is searched, linked and listed like any other. Where another text is at the path nothing is done and ' +
    'the exit code is 4; saving the same again is no change.',
  arguments: [
    researchArgument,
    {
      name: 'path',
      description: 'the document; default: as saved before, else research/<words of the question>.md',
      optional: true,
    },
  ],
  options: [{ flags: '--replace', description: 'also in place of another text' }],
  examples: [
    { command: 'markitect research save 7', does: 'at a path made of the question' },
    {
      command: 'markitect research save 7 notes/borrowing.md --replace',
      does: 'at this one, whatever is there',
    },
  ],
  json: `{ path: string; outcome: 'created' | 'updated' | 'unchanged' }`,
  async run(context, args, { replace }) {
    const id = researchId(argument(args));
    const [, path] = args;
    const { terminal } = context;
    const saved = await withTracker(context, ({ research }) => research.save(id, given({ path, replace })));
    if (terminal.json) {
      terminal.printJson(saved);
      return;
    }
    const { style } = terminal;
    const done = saved.outcome === 'unchanged' ? 'is saved already' : 'saved';
    terminal.print(`${done} as ${style.cyan(printableLine(saved.path))}`);
    if (terminal.showsProgress) {
      terminal.note('', terminal.noteStyle.dim(`  markitect docs show ${printableLine(saved.path)}`));
    }
  },
});
