import {
  describeIssueIndexContract,
  describeIssueMirrorContract,
  describeIssueRepositoryContract,
  describeProjectRepositoryContract,
  describeReadOnlyIssuesContract,
  InMemoryIssueMirror,
  InMemoryIssueRepository,
  InMemoryProjectRepository,
} from '../src/index.js';

const close = () => Promise.resolve();

describeIssueRepositoryContract('InMemoryIssueRepository', () => {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const repository = new InMemoryIssueRepository({
    user: 'ada',
    users: ['ada', 'bob'],
    now: () => new Date(time),
  });
  const tick = () => Promise.resolve(void (time += 60_000));
  return Promise.resolve({ repository, user: 'ada', otherUsers: ['bob'], unknownUser: 'eve', tick, close });
});

describeReadOnlyIssuesContract('The repository of an InMemoryIssueMirror', async (content) => {
  const mirror = new InMemoryIssueMirror();
  await mirror.apply({ ...content, progress: {} });
  return { repository: mirror.issues, close };
});

describeProjectRepositoryContract('InMemoryProjectRepository', () => {
  const columns = [
    { id: 4, title: 'Left', issues: [1, 2] },
    { id: 2, title: 'Middle', issues: [] },
    { id: 3, title: 'Right', issues: [] },
  ];
  const board = { id: 7, title: 'Board', isClosed: false, columns };
  const repository = new InMemoryProjectRepository([board], (number) => number < 10);
  return Promise.resolve({ repository, project: 7, issues: [1, 2], close });
});

describeIssueMirrorContract('InMemoryIssueMirror', () => {
  const mirror = new InMemoryIssueMirror();
  return Promise.resolve({ mirror, repository: mirror.issues, close });
});

describeIssueIndexContract('The repository of an InMemoryIssueMirror', () => {
  const mirror = new InMemoryIssueMirror();
  return Promise.resolve({ mirror, index: mirror.issues, close });
});
