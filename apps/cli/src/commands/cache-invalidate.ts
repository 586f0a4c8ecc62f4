import { UsageError } from '../program/usage-error.js';
import { countOf } from '../terminal/quantities.js';
import { defineCommand } from './command.js';
import { nonEmpty } from './option-values.js';

interface Options {
  readonly tag?: readonly string[];
}

/** `markitect cache invalidate` */
export const cacheInvalidate = defineCommand<Options>({
  name: ['cache', 'invalidate'],
  summary: 'make cached values invalid, in every process',
  description:
    'Binds every process that shares the data directory, or Redis, when the command is over. What is not cached is no error.',
  arguments: [
    {
      name: 'key',
      description: 'keys with the names of their parts of the cache',
      variadic: true,
      optional: true,
    },
  ],
  options: [
    {
      flags: '--tag <tag>',
      description: 'whatever carries this tag, e.g. IssueRepository; may be given more than once',
      repeatable: true,
      parse: nonEmpty('--tag'),
    },
  ],
  examples: [
    { command: 'markitect cache invalidate --tag IssueRepository', does: 'all that is known of issues' },
  ],
  json: `{ keys: string[]; tags: string[] }`,
  async run(context, keys, { tag: tags = [] }) {
    const { terminal } = context;
    if (keys.length + tags.length === 0) {
      throw new UsageError(
        'name keys, or tags with --tag; to make everything invalid: markitect cache clear',
        {
          field: 'key',
        },
      );
    }
    await context.withApplication(({ cache }) => cache.invalidate(keys, tags));
    if (terminal.json) terminal.printJson({ keys, tags });
    else terminal.print(`invalidated ${countOf(keys.length, 'key')} and ${countOf(tags.length, 'tag')}`);
  },
});
