import { setTimeout as delay } from 'node:timers/promises';
import {
  describeIssueIndexContract,
  describeIssueMirrorContract,
  describeIssueRepositoryContract,
  describeReadOnlyIssuesContract,
} from '@markitect/testing';
import { SqliteIssueMirror, SqliteIssueRepository } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const user = 'ada';

async function openMirror(source = 'gitea:https://example.org/team/product') {
  const { connection, close } = await temporaryStore();
  // Another tracker in the same database, of which nothing may be seen.
  const local = new SqliteIssueRepository(connection, { source: 'local', user });
  const { number } = await local.create({ title: 'word needle login', body: 'borrow', assignees: ['ada'] });
  await local.comment(number, 'after unsaid');
  const mirror = new SqliteIssueMirror(connection, { source });
  const repository = new SqliteIssueRepository(connection, { source, user, writable: false });
  return { connection, mirror, repository, index: repository, close };
}

describeIssueRepositoryContract('SqliteIssueRepository', async () => {
  const { connection, close } = await temporaryStore();
  await new SqliteIssueRepository(connection, { source: 'other', user }).create({ title: 'Login fails' });
  const repository = new SqliteIssueRepository(connection, { source: 'local', user });
  return { repository, user, otherUsers: ['bob'], tick: () => delay(2), close };
});

describeReadOnlyIssuesContract('SqliteIssueRepository of a mirror', async (content) => {
  const { mirror, repository, close } = await openMirror();
  await mirror.apply({ ...content, progress: {} });
  return { repository, close };
});

describeIssueMirrorContract('SqliteIssueMirror', openMirror);

describeIssueIndexContract('SqliteIssueRepository of a mirror', openMirror);
