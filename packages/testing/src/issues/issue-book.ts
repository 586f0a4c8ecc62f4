import {
  type Issue,
  type IssueComment,
  type IssueEvent,
  type IssueNumber,
  type Label,
  type Milestone,
  type NewIssueEvent,
  NotFound,
} from '@markitect/domain';
import type { MirrorProgress } from '@markitect/ports';

/** An issue with everything that belongs to it. Never changed, only replaced. */
export interface IssueRecord {
  readonly issue: Issue;
  readonly comments: readonly IssueComment[];
  readonly events: readonly IssueEvent[];
  readonly blockers: readonly IssueNumber[];
}

/** What the fakes of one tracker share. */
export class IssueBook {
  records = new Map<IssueNumber, IssueRecord>();
  labels = new Map<string, Label>();
  milestones = new Map<string, Milestone>();
  progress: MirrorProgress = {};
  #lastNumber = 0;
  #lastId = 0;

  /** Throws NotFound `ISSUE_NOT_FOUND`. */
  record(number: IssueNumber): IssueRecord {
    const record = this.records.get(number);
    if (record !== undefined) return record;
    throw new NotFound('ISSUE_NOT_FOUND', `there is no issue #${number}`, { details: { number } });
  }

  /** Replaces parts of what is known of an issue. */
  change(number: IssueNumber, parts: Partial<IssueRecord>, events: readonly NewIssueEvent[] = []): void {
    const record = { ...this.record(number), ...parts };
    const told = events.map((event) => ({ id: this.nextId(), ...event }));
    this.records.set(number, { ...record, events: [...record.events, ...told] });
  }

  nextNumber(): IssueNumber {
    return (this.#lastNumber += 1);
  }

  nextId(): number {
    return (this.#lastId += 1);
  }

  /** A book with the same content that changes by itself. */
  copy(): IssueBook {
    const copy = new IssueBook();
    copy.become(this);
    return copy;
  }

  /** Takes over the content of another book in place of its own. */
  become(other: IssueBook): void {
    this.records = new Map(other.records);
    this.labels = new Map(other.labels);
    this.milestones = new Map(other.milestones);
    this.progress = other.progress;
    this.#lastNumber = other.#lastNumber;
    this.#lastId = other.#lastId;
  }
}
