import { describe } from '@jest/globals';
import type { Label, Milestone } from '@markitect/domain';
import type { IssueRepository, MirroredIssue } from '@markitect/ports';
import { InMemoryIssueRepository } from './in-memory-issue-repository.js';
import { fillTracker, type OpenIssueRepository } from './repository-contract/contract-section.js';
import { describeDependencies } from './repository-contract/dependencies.js';
import { describeReading } from './repository-contract/reading.js';
import { describeReadOnly } from './repository-contract/read-only.js';
import { describeWriting } from './repository-contract/writing.js';

/**
 * What every IssueRepository promises, whatever the tracker behind it. `open` gives a new, empty tracker for each test,
 * and one more for all tests that only read. Times may be kept to the second, numbers may begin anywhere.
 */
export function describeIssueRepositoryContract(name: string, open: OpenIssueRepository): void {
  describe(`${name} keeps the IssueRepository contract`, () => {
    describeReading(async () => {
      const opened = await open();
      await fillTracker(opened);
      return opened;
    });
    describeWriting(open);
    describeDependencies(open);
  });
}

/** All that a mirror copies of a tracker. */
export interface TrackerContent {
  readonly issues: readonly MirroredIssue[];
  readonly labels: readonly Label[];
  readonly milestones: readonly Milestone[];
}

/** Gives a repository that has this content and cannot be changed. */
export type OpenReadOnlyIssues = (content: TrackerContent) => Promise<{
  readonly repository: IssueRepository;
  close(): Promise<void>;
}>;

/** What an IssueRepository that is only read promises: every answer of the contract, and no change. */
export function describeReadOnlyIssuesContract(name: string, open: OpenReadOnlyIssues): void {
  const openFilled = async () => open(await filledContent());

  describe(`${name} keeps the reading part of the IssueRepository contract`, () => {
    describeReading(openFilled);
    describeReadOnly(openFilled);
  });
}

/** What a tracker has that was filled for the contract. */
export async function filledContent(): Promise<TrackerContent> {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const repository = new InMemoryIssueRepository({ user: 'ada', now: () => new Date(time) });
  const tick = () => Promise.resolve(void (time += 60_000));
  await fillTracker({ repository, user: 'ada', otherUsers: ['bob'], tick });
  const { items } = await repository.list({ sort: 'number', order: 'asc' }, { limit: 500 });
  return {
    issues: await Promise.all(
      items.map(async (issue) => ({
        issue,
        comments: await repository.comments(issue.number),
        blockers: (await repository.blockers(issue.number)).map(({ number }) => number),
      })),
    ),
    labels: await repository.labels(),
    milestones: await repository.milestones(),
  };
}
