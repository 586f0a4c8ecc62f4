import { showAge } from '../terminal/age.js';
import { printableJson, printableLine } from '../terminal/printable.js';
import { showBytes } from '../terminal/quantities.js';
import { argument, defineCommand } from './command.js';

/** `markitect cache inspect` */
export const cacheInspect = defineCommand({
  name: ['cache', 'inspect'],
  summary: 'what is cached under a key',
  description:
    'Keys begin with the name of a part of the cache: issues, documents or trees. What only the memory of a running ' +
    'server has is told by `GET /v1/cache/entries/<key>` of that server.',
  arguments: [{ name: 'key', description: 'a key with the name of its part of the cache' }],
  examples: [
    {
      command: 'markitect cache inspect "issues:IssueRepository.labels:https://git.example.org team/app:[]"',
      does: 'the labels as they are kept',
    },
  ],
  json: `{
  key: string;
  state: 'fresh' | 'negative' | 'absent';   // absent: stored, and not valid any more
  ageMs?: number;
  value?: unknown;
  tiers: { tier: string; bytes: number; expiresAt?: string; version: number }[];
}`,
  async run(context, args) {
    const { terminal } = context;
    const entry = await context.withApplication(({ cache }) => cache.inspect(argument(args)));
    if (terminal.json) {
      terminal.printJson(entry);
      return;
    }
    const { state, ageMs, value, tiers } = entry;
    const age = ageMs === undefined ? '' : `, made ${showAge(ageMs)}`;
    terminal.print(`${printableLine(entry.key)}: ${state === 'absent' ? 'not valid any more' : state}${age}`);
    for (const { tier, bytes, expiresAt = 'never', version } of tiers) {
      terminal.print(`${tier}: ${showBytes(bytes)}, ends ${expiresAt}, version ${version}`);
    }
    if (state === 'fresh') terminal.print(printableJson(value, 2));
  },
});
