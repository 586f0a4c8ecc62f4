// The queues that `queue.mjs` measures ours beside: plainjob and liteque, both on better-sqlite3.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Compiles the native part of better-sqlite3, which nothing else here needs, where that has not been done yet. */
export function buildPeers() {
  const folder = dirname(require.resolve('better-sqlite3/package.json'));
  if (existsSync(join(folder, 'build', 'Release', 'better_sqlite3.node'))) return;
  console.error('Compiling better-sqlite3 (about a minute) …');
  const npm =
    process.env.npm_execpath ?? join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  const gyp = join(dirname(npm), '../node_modules/node-gyp/bin/node-gyp.js');
  // Node's headers lie beside the running Node: else they would be downloaded.
  const prefix = dirname(dirname(process.execPath));
  const isThere = existsSync(join(prefix, 'include', 'node', 'node.h'));
  const headers = isThere && !process.env.npm_config_nodedir ? { npm_config_nodedir: prefix } : {};
  execFileSync(process.execPath, [gyp, 'rebuild', '--release'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
    env: { ...process.env, ...headers },
  });
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

/** WAL and `synchronous = NORMAL`, as it sets them itself. */
export async function openPlainjob(folder) {
  const { better, defineQueue, defineWorker } = await import('plainjob');
  const { default: Database } = await import('better-sqlite3');
  const queue = defineQueue({
    connection: better(new Database(join(folder, 'plainjob.db'))),
    logger: silent,
  });
  return {
    enqueue: async (payload) => void queue.add('mail.send', payload),
    enqueueAll: async (payloads) => void queue.addMany('mail.send', payloads),
    /** Its workers do one job at a time each. */
    async drain(count, concurrency) {
      let done = 0;
      await new Promise((resolve) => {
        const workers = Array.from({ length: concurrency }, () =>
          defineWorker(
            'mail.send',
            async () => {
              done += 1;
              if (done === count)
                setImmediate(() => Promise.all(workers.map((each) => each.stop())).then(resolve));
            },
            { queue, logger: silent },
          ),
        );
        for (const worker of workers) void worker.start();
      });
    },
    close: async () => queue.close(),
  };
}

/** WAL and `synchronous = NORMAL`, as it sets them itself. It has no way to enqueue in bulk, and its runner no way to run here. */
export async function openLiteque(folder) {
  const { buildDBClient, SqliteQueue } = await import('liteque');
  const client = buildDBClient(join(folder, 'liteque.db'), { runMigrations: true });
  const queue = new SqliteQueue('mail.send', client, {
    defaultJobArgs: { numRetries: 2 },
    keepFailedJobs: false,
  });
  return {
    enqueue: (payload) => queue.enqueue(payload),
    close: async () => void (client.$client ?? client.session.client).close(),
  };
}
