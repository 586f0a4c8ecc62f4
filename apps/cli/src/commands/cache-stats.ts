import { printColumns } from '../terminal/columns.js';
import { showBytes } from '../terminal/quantities.js';
import { defineCommand } from './command.js';

interface Row {
  readonly tier: string;
  readonly entries?: number;
  readonly bytes?: number;
  readonly maxBytes?: number;
}

/** `markitect cache stats` */
export const cacheStats = defineCommand({
  name: ['cache', 'stats'],
  summary: 'what is cached below the memory of processes',
  description:
    'The memory of a running server, its hits and the times of its queries are told by `GET /v1/cache` and the metrics ' +
    'of that server. Not on a terminal: tier, entries, bytes and the most bytes, separated by tabs.',
  examples: [{ command: 'markitect cache stats', does: 'how full the disk cache is' }],
  json: `{ tiers: { tier: string; entries?: number; bytes?: number; maxBytes?: number }[] }`,
  async run(context) {
    const { terminal } = context;
    const { tiers } = await context.withApplication(({ cache }) => cache.stats());
    const below = tiers
      .filter(({ tier }) => !tier.endsWith('memory'))
      .map(({ tier, entries, bytes, maxBytes }): Row => ({
        tier,
        ...(entries === undefined ? {} : { entries }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
      }));
    if (terminal.json) {
      terminal.printJson({ tiers: below });
      return;
    }
    if (below.length === 0) {
      terminal.note('Nothing is cached below memory: cache.diskBytes is 0.');
      return;
    }
    const shown = (bytes: number | undefined) => (bytes === undefined ? '' : showBytes(bytes));
    const exact = (count: number | undefined) => (count === undefined ? '' : String(count));
    printColumns<Row>(
      terminal,
      [
        { heading: 'TIER', text: ({ tier }) => tier },
        { heading: 'ENTRIES', text: ({ entries }) => exact(entries), align: 'right' },
        {
          heading: 'SIZE',
          text: ({ bytes }) => shown(bytes),
          exact: ({ bytes }) => exact(bytes),
          align: 'right',
        },
        {
          heading: 'AT MOST',
          text: ({ maxBytes }) => shown(maxBytes),
          exact: ({ maxBytes }) => exact(maxBytes),
          align: 'right',
        },
      ],
      below,
    );
  },
});
