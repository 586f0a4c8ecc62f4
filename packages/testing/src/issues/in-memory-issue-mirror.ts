import type { Issue, IssueNumber } from '@markitect/domain';
import type {
  IssueMirror,
  MirroredIssue,
  MirrorProgress,
  MirrorStep,
  MirrorTurn,
  TurnRequest,
} from '@markitect/ports';
import { InMemoryIssueRepository } from './in-memory-issue-repository.js';

/** A mirror for tests that keeps everything in memory and the whole contract. */
export class InMemoryIssueMirror implements IssueMirror {
  /** What it has, to be read; as an index too. */
  readonly issues = new InMemoryIssueRepository({ user: 'mirror', writable: false });

  /** Whose turn it is. */
  turn: MirrorTurn | undefined;

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

  async getMany(numbers: readonly IssueNumber[]): Promise<readonly (Issue | undefined)[]> {
    return this.issues.getMany(numbers);
  }

  async takeTurn({ token, holder, ttlMs }: TurnRequest): Promise<MirrorTurn> {
    await Promise.resolve();
    const now = Date.now();
    const held = this.turn;
    if (held !== undefined && held.token !== token && Date.parse(held.until) > now) return held;
    const since = held?.token === token ? held.since : new Date(now).toISOString();
    this.turn = { token, holder, since, until: new Date(now + ttlMs).toISOString() };
    return this.turn;
  }

  async endTurn(token: string): Promise<void> {
    await Promise.resolve();
    if (this.turn?.token === token) this.turn = undefined;
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
