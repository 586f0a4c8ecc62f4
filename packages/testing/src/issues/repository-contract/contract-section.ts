import { setTimeout as delay } from 'node:timers/promises';
import type { Issue, IssueDraft } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { issueLabel, issueMilestone } from '../issue-builders.js';

/** A tracker that is open, and what a test has to know of it. */
export interface OpenedIssueRepository {
  readonly repository: IssueRepository;
  /** In whose name it writes. */
  readonly user: string;
  /** Others who may be assigned. */
  readonly otherUsers?: readonly string[];
  /** A name that may not be assigned; absent where the tracker takes any name. */
  readonly unknownUser?: string;
  /** Settles when what is changed from now on has a later time than what was changed before. Default: waits 1.1 s. */
  tick?(): Promise<void>;
  close(): Promise<void>;
}

/** Gives a new tracker without issues, labels and milestones. Its numbers may begin anywhere. */
export type OpenIssueRepository = () => Promise<OpenedIssueRepository>;

/** Real trackers answer in their own time: the longest a test may take, in milliseconds. */
export const CONTRACT_TIMEOUT_MS = 60_000;

/** Makes test bodies: each gets a tracker of its own, which is closed after it. */
export function trackerTests(open: OpenIssueRepository) {
  return (body: (repository: IssueRepository, opened: OpenedIssueRepository) => Promise<void>) =>
    async (): Promise<void> => {
      const opened = await open();
      try {
        await body(opened.repository, opened);
      } finally {
        await opened.close();
      }
    };
}

/** Waits until the clock of a tracker has gone on. */
export async function tick(opened: Pick<OpenedIssueRepository, 'tick'>): Promise<void> {
  await (opened.tick?.() ?? delay(1100));
}

export const numbersOf = (issues: readonly Pick<Issue, 'number'>[]): number[] =>
  issues.map(({ number }) => number);

/** A number that no issue of the repository has. */
export async function missingNumber(repository: IssueRepository): Promise<number> {
  const [last] = (await repository.list({ sort: 'number', order: 'desc' }, { limit: 1 })).items;
  return (last?.number ?? 0) + 1000;
}

/** Creates issues one after the other. */
export async function createIssues(
  repository: IssueRepository,
  ...drafts: readonly (IssueDraft | string)[]
): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (const draft of drafts) {
    issues.push(await repository.create(typeof draft === 'string' ? { title: draft } : draft));
  }
  return issues;
}

/** Fills a tracker with a dozen issues that differ in all that a query can ask for. */
export async function fillTracker(opened: Omit<OpenedIssueRepository, 'close'>): Promise<void> {
  const { repository, user, otherUsers } = opened;
  const other = otherUsers?.[0] ?? user;
  for (const name of ['bug', 'docs', 'priority/high', 'priority/low', 'Größe/日本 😀']) {
    await repository.saveLabel(issueLabel(name));
  }
  await repository.saveMilestone(issueMilestone('1.0', { dueOn: '2026-12-24' }));
  await repository.saveMilestone(issueMilestone("It's 2.0, % & more"));
  const first = await createIssues(
    repository,
    {
      title: 'Login fails',
      body: 'The Password is refused',
      labels: ['bug', 'priority/high'],
      milestone: '1.0',
    },
    { title: 'Logout fails', body: '100% of tries, see a_b', labels: ['bug', 'priority/low'] },
    { title: 'Write a guide', labels: ['docs'], assignees: [user], milestone: '1.0' },
    { title: "It's “quoted” \\ %_ 'x'", body: 'ÄRGER mit Straßen 日本語 😀', labels: ['Größe/日本 😀'] },
    { title: 'Nothing special', assignees: [...new Set([user, other])] },
  );
  await tick(opened);
  const second = await createIssues(
    repository,
    { title: 'fails in the guide', labels: ['bug', 'docs'], assignees: [other], dueOn: '2026-02-28' },
    { title: 'Second release', milestone: "It's 2.0, % & more" },
    { title: 'Passwords', body: 'axb\nlogin', labels: ['priority/high'] },
  );
  const number = (issues: readonly Issue[], index: number) => issues[index]?.number ?? 0;
  for (const [index, comments] of [
    [0, 2],
    [2, 1],
    [4, 2],
  ] as const) {
    for (let count = 0; count < comments; count += 1) {
      await repository.comment(number(first, index), `Comment ${count}: only here`);
    }
  }
  await repository.edit(number(first, 1), { state: 'closed' });
  await tick(opened);
  await repository.edit(number(second, 0), { state: 'closed' });
  await repository.edit(number(first, 3), { body: 'ÄRGER mit Straßen 日本語 😀 Σ' });
  await repository.block(number(first, 0), number(first, 2));
  await createIssues(repository, { title: 'The last', body: 'login'.repeat(3000) });
}
