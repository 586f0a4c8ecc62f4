import { once } from 'node:events';
import { showPath } from '../terminal/show-path.js';
import { defineCommand } from './command.js';
import { given, nonEmpty, wholeNumber } from './option-values.js';

interface Options {
  readonly host?: string;
  readonly port?: number;
  readonly root?: readonly string[];
}

/** `markitect serve` */
export const serve = defineCommand<Options>({
  name: ['serve'],
  summary: 'serve the HTTP API',
  description:
    'Serves documents, search, links, queries and ingestion, workspaces, issues and their board under /v1, with OpenAPI at /openapi.json, a browsable ' +
    'form of it at /docs, and /healthz, /readyz and /metrics. Listens on this machine only, unless a token is set ' +
    '(MARKITECT_TOKEN or MARKITECT_TOKEN_FILE): then every /v1 request needs it. Ctrl-C or SIGTERM lets running ' +
    'requests finish. Makes the data directory when there is none.',
  options: [
    {
      flags: '--host <address>',
      description: 'the address to listen at',
      defaultText: 'from the configuration, 127.0.0.1',
      parse: nonEmpty('--host'),
    },
    {
      flags: '--port <number>',
      description: 'the port to listen at; 0 takes any free one',
      defaultText: 'from the configuration, 4780',
      parse: wholeNumber('--port', 0, 65_535),
    },
    {
      flags: '--root <dir>',
      description: 'a folder that the API may ingest from; repeatable',
      defaultText: 'from the configuration, none',
      repeatable: true,
      parse: nonEmpty('--root'),
    },
  ],
  examples: [
    { command: 'markitect serve', does: 'on http://127.0.0.1:4780' },
    { command: 'markitect serve --port 8080 --root docs', does: 'with ingestion from docs' },
    { command: 'MARKITECT_TOKEN_FILE=token markitect serve --host 0.0.0.0', does: 'for other machines too' },
  ],
  json: `{
  url: string;             // printed when the server listens
  dataDir: string;         // absolute path
}`,
  async run(context, _args, { host, port, root }) {
    const { terminal } = context;
    const config = await context.config(
      given({
        'server.host': host,
        'server.port': port,
        'ingest.roots': root,
      }),
    );
    const { startServer } = await import('../composition/start-server.js');
    const stop = new AbortController();
    const restore = context.onInterrupt(() => stop.abort());
    const server = await startServer(
      config,
      terminal.quiet ? { LOG_LEVEL: 'error', ...context.env } : context.env,
    );
    try {
      if (terminal.json) {
        terminal.printJson({ url: server.url, dataDir: config.dataDir });
      } else {
        const { style } = terminal;
        terminal.print(
          `Serving ${style.bold(showPath(config.dataDir, context.cwd))} at ${style.cyan(server.url)}`,
          `  API description  ${server.url}/docs`,
          `  ingestion from   ${config.ingest.roots.map((dir) => showPath(dir, context.cwd)).join(', ') || 'nowhere (no --root)'}`,
        );
        terminal.note(terminal.noteStyle.dim('Ctrl-C stops it.'));
      }
      if (!stop.signal.aborted) await once(stop.signal, 'abort');
      terminal.note('Stopping when running requests are done. Interrupt again to stop at once.');
    } finally {
      await server.close();
      restore();
    }
  },
});
