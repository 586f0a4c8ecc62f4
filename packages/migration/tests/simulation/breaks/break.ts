import type { CutoverSide } from '@markitect/domain';
import type { CutoverStateStore, RecordRepository, ReplicaStore } from '@markitect/ports';
import type { CutoverBook } from '@markitect/testing';
import type { Clock } from '../../../src/engine/clock.js';
import type { Component, ComponentOptions } from '../../../src/engine/component.js';
import type { backfill } from '../../../src/operations/backfill.js';
import type { Invariant } from '../violation.js';
import type { World } from '../world.js';

/** What the engine of a process works with. */
export interface Parts {
  readonly store: CutoverStateStore;
  readonly replicas: Readonly<Record<CutoverSide, ReplicaStore>>;
  readonly sides: Readonly<Record<CutoverSide, RecordRepository>>;
  readonly clock: Clock;
  /** The name of the process. */
  readonly process: string;
}

/** A deliberate bug, made around the engine: what it asks for is not done, or done otherwise than it is told. */
export interface Break {
  readonly name: string;
  /** What is broken. */
  readonly what: string;
  readonly seenBy: Invariant;
  /** Schedules within which it must be seen: several times what it takes on average. */
  readonly within: number;
  /** What the engine is given instead of some of its parts. */
  readonly parts?: (
    parts: Parts,
    world: { readonly book: CutoverBook; readonly world: World },
  ) => Partial<Parts>;
  /** The place that all processes share, each operation one step. */
  readonly State?: new (book: CutoverBook) => CutoverStateStore;
  readonly Component?: new (options: ComponentOptions) => Component;
  readonly backfill?: typeof backfill;
}
