import {
  type CutoverLimits,
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type CutoverSide,
  type CutoverStage,
  type CutoverState,
  type CutoverTally,
  type BackfillState,
  type DiffState,
  NotFound,
  primaryOf,
  type Timestamp,
} from '@markitect/domain';

/** A component as the book keeps it. */
export interface BookedComponent {
  readonly component: string;
  stage: CutoverStage;
  percent: number;
  epoch: number;
  switching: { readonly to: CutoverStage; readonly token: string; readonly process: string } | undefined;
  backfill: BackfillState | undefined;
  diff: DiffState | undefined;
  limits: CutoverLimits;
  changedAt: Timestamp;
  /** When `legacy` was last entered. */
  forgottenAt: Timestamp;
}

/** A mark as the book keeps it. */
export interface BookedMark {
  readonly id: number;
  readonly component: string;
  readonly key: string;
  /** Empty: pending, nobody's. */
  token: string;
  process: string;
  source: CutoverSide;
  isOverlapped: boolean;
  attempts: number;
  failure: CutoverRepair['failure'];
  retryAt: number;
  readonly createdAt: Timestamp;
}

/** What simulated processes share: the state of all cutovers, and a clock. Every method is one step. */
export class CutoverBook {
  readonly components = new Map<string, BookedComponent>();
  readonly marks = new Map<number, BookedMark>();
  readonly aliveUntil = new Map<string, number>();
  readonly log: CutoverLogEntry[] = [];
  readonly tallies: { readonly at: number; readonly tally: CutoverTally }[] = [];
  readonly mismatches: CutoverMismatch[] = [];
  readonly now: () => number;
  #ids = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  nextId(): number {
    return (this.#ids += 1);
  }

  timestamp(): Timestamp {
    return new Date(this.now()).toISOString();
  }

  /** Throws NotFound `CUTOVER_NOT_FOUND`. */
  component(name: string): BookedComponent {
    const found = this.components.get(name);
    if (found !== undefined) return found;
    throw new NotFound('CUTOVER_NOT_FOUND', `no cutover of ${name} was started`, {
      details: { component: name },
    });
  }

  isSilent(process: string): boolean {
    return (this.aliveUntil.get(process) ?? 0) <= this.now();
  }

  /** Of a component, the oldest first; with a key: of this key. */
  marksOf(component: string, key?: string): BookedMark[] {
    return [...this.marks.values()].filter(
      (mark) => mark.component === component && (key === undefined || mark.key === key),
    );
  }

  stateOf(booked: BookedComponent): CutoverState {
    const { component, stage, percent, epoch, switching, backfill, diff, limits, changedAt } = booked;
    const primary = primaryOf(stage);
    const isSwitching = switching !== undefined && !this.isSilent(switching.process);
    return structuredClone({
      component,
      stage,
      percent,
      epoch,
      ...(isSwitching ? { switchingTo: switching.to } : {}),
      isCarryingOver: this.marksOf(component).some(({ source }) => source !== primary),
      ...(backfill === undefined ? {} : { backfill }),
      ...(diff === undefined ? {} : { diff }),
      limits,
      changedAt,
    });
  }

  note(entry: Omit<CutoverLogEntry, 'id' | 'at'>): void {
    this.log.push(structuredClone({ ...entry, id: this.nextId(), at: this.timestamp() }));
  }

  repairOf(mark: BookedMark): CutoverRepair {
    const { id, component, key, source, process, attempts, failure, retryAt, createdAt } = mark;
    const isPending = mark.token === '';
    return structuredClone({
      id,
      component,
      key,
      source,
      status: isPending ? 'pending' : 'in-flight',
      ...(isPending ? {} : { process }),
      attempts,
      ...(failure === undefined ? {} : { failure }),
      ...(isPending ? { retryAt: new Date(retryAt).toISOString() } : {}),
      createdAt,
    });
  }
}
