// A process that takes the issues of a Gitea over into a database, until it is killed. Started by gitea-sync.mjs.
import { GiteaIssueRepository } from '@markitect/adapter-gitea';
import { HttpConnection } from '@markitect/adapter-http';
import { SqliteConnection, SqliteIssueMirror, SqliteIssueRepository } from '@markitect/adapter-sqlite';
import { IssueSyncService } from '@markitect/application';

/** The same issues twice: as Gitea has them, and as the database has them. */
export async function openBoth({ url, token, owner, repository }, file) {
  const source = `gitea:${url}/${owner}/${repository}`;
  const store = new SqliteConnection({ file });
  await store.open();
  const connection = new HttpConnection({ name: 'gitea', baseUrl: `${url}/api/v1`, token, connections: 8 });
  await connection.open();
  return {
    store,
    tracker: new GiteaIssueRepository(connection, { owner, repository }),
    mirror: new SqliteIssueMirror(store, { source }),
    mirrored: new SqliteIssueRepository(store, { source, user: 'nobody', writable: false }),
    close: async () => {
      await connection.close();
      await store.close();
    },
  };
}

async function main([url, owner, repository, file, pageSize, full]) {
  const token = process.env.MARKITECT_GITEA_TOKEN;
  const { tracker, mirror, close } = await openBoth({ url, token, owner, repository }, file);
  process.stdout.write('ready\n');
  const report = await new IssueSyncService({ tracker, mirror }, { pageSize: Number(pageSize) }).sync({
    full: full === 'full',
    onProgress: (progress) => process.stdout.write(`${JSON.stringify(progress)}\n`),
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
  await close();
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));
