import type { IssueNumber } from '@markitect/domain';
import type { IssueMirror, MirroredIssue, MirrorProgress, MirrorStep } from '@markitect/ports';
import { InMemoryIssueRepository } from './in-memory-issue-repository.js';

/** A mirror for tests that keeps everything in memory and the whole contract. */
export class InMemoryIssueMirror implements IssueMirror {
  /** What it has, to be read; as an index too. */
  readonly issues = new InMemoryIssueRepository({ user: 'mirror', writable: false });

  async progress(): Promise<MirrorProgress> {
    return Promise.resolve(structuredClone(this.issues.book.progress));
  }

  async apply(given: MirrorStep): Promise<void> {
    await Promise.resolve();
    const step = structuredClone(given);
    const { book } = this.issues;
    for (const each of step.issues ?? []) {
      const { issue, comments, blockers } = each;
      const stored = book.records.get(issue.number)?.issue.updatedAt ?? issue.updatedAt;
      if (stored > issue.updatedAt) continue;
      book.records.set(issue.number, { issue, comments, blockers, events: commentEvents(each) });
    }
    for (const number of step.removed ?? []) book.records.delete(number);
    if (step.labels) book.labels = new Map(step.labels.map((label) => [label.name, label]));
    if (step.milestones) book.milestones = new Map(step.milestones.map((each) => [each.title, each]));
    book.progress = step.progress;
  }

  async numbers(): Promise<readonly IssueNumber[]> {
    return Promise.resolve([...this.issues.book.records.keys()].sort((a, b) => a - b));
  }
}

/** All that a mirror knows of what happened. */
function commentEvents({ comments }: MirroredIssue) {
  return comments.map(({ id, author, createdAt, body }) => ({
    id,
    type: 'comment',
    author,
    at: createdAt,
    body,
    details: {},
  }));
}
