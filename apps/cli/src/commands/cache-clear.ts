import { defineCommand } from './command.js';

/** `markitect cache clear` */
export const cacheClear = defineCommand({
  name: ['cache', 'clear'],
  summary: 'make everything cached invalid, in every process, and empty the disk cache or Redis',
  description: 'May run at any time, also beside a running server. What is needed is made again.',
  examples: [{ command: 'markitect cache clear', does: 'after the database was changed by hand' }],
  json: `{ cleared: true }`,
  async run(context) {
    const { terminal } = context;
    await context.withApplication(({ cache }) => cache.clear());
    if (terminal.json) terminal.printJson({ cleared: true });
    else terminal.print('Everything cached is invalid now.');
  },
});
