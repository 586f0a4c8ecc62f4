import { formatResearchSource, parseResearchSources } from '@markitect/domain';
import { defineCommand } from './command.js';
import { given, nonEmpty, wholeNumber } from './option-values.js';
import { followResearch, noteDetached, printOutcome } from './research-run.js';
import { researchShape } from './research-view.js';
import { withTracker } from './tracker.js';

interface Options {
  readonly source?: readonly string[];
  readonly maxResults?: number;
  readonly detach?: boolean;
}

/** `markitect research start` */
export const researchStart = defineCommand<Options>({
  name: ['research', 'start'],
  summary: 'put a question to several sources',
  description:
    'Sources: docs (stored documents), issues (those kept here, or the copy that `issues sync` makes) and web:<address> ' +
    '(a page, or a list, sitemap or feed of pages; robots.txt is obeyed). Each source is a task that survives this ' +
    'command: it is done here, with progress, unless --detach leaves it to `markitect work` or `markitect serve`. ' +
    'Interrupted (Ctrl-C: exit code 6) or killed, it goes on where it was with the next of these. Exit code 6 also ' +
    'when a source has failed and others have not. A source that is down is asked five times, with growing rests: a line ' +
    'says so each time.',
  arguments: [{ name: 'question', description: 'what is to be known', variadic: true }],
  options: [
    {
      flags: '--source <sources>',
      description: 'where to look, with commas between several; repeatable',
      repeatable: true,
      parse: nonEmpty('--source'),
      defaultText: 'docs,issues',
    },
    {
      flags: '--max-results <count>',
      description: 'the most results asked of each source, 1 to 1000',
      parse: wholeNumber('--max-results', 1, 1000),
      defaultText: 'the setting research.maxResults',
    },
    { flags: '--detach', description: 'do not wait: leave it to a worker' },
  ],
  examples: [
    { command: `markitect research start 'How does borrowing work?'`, does: 'documents and issues' },
    {
      command: `markitect research start 'log in' --source docs,web:https://example.org/feed`,
      does: 'documents and the pages of a feed',
    },
  ],
  json: researchShape,
  async run(context, words, { source = ['docs,issues'], maxResults, detach = false }) {
    const sources = source.flatMap((each) => parseResearchSources(each).map(formatResearchSource));
    return withTracker(
      context,
      async (application) => {
        const status = await application.research.start({
          question: words.join(' '),
          sources,
          ...given({ maxResults }),
        });
        if (detach) return noteDetached(context, status);
        return printOutcome(context, application, await followResearch(context, application, status, 'work'));
      },
      { create: true },
    );
  },
});
