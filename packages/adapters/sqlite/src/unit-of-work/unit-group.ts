import type { MarkitectError } from '@markitect/domain';
import type { WriterHold } from '../engine/sqlite-writer.js';
import type { Unit } from './unit.js';

/** A unit of work that waits for the commit of its group. */
interface Member {
  readonly unit: Unit;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Units of work that share one transaction, one after the other. */
export class UnitGroup {
  readonly hold: WriterHold;
  readonly members: Member[] = [];
  readonly since = performance.now();
  /** How many have been let in. */
  entered = 0;
  /** Why none of it can be committed any more. */
  broken: MarkitectError | undefined;

  constructor(hold: WriterHold) {
    this.hold = hold;
  }

  /** The first needs no savepoint: what undoes it undoes the transaction. */
  async enter(): Promise<void> {
    this.entered += 1;
    if (this.entered > 1) await this.hold.run('SAVEPOINT unit');
  }
}
