import type { CutoverSide } from '@markitect/domain';
import type { Component, Probe } from '@markitect/migration';

/** A component that has a legacy side. */
export interface MovedComponent {
  readonly component: Component;
  /** Where either side keeps what it has, for people. */
  readonly places: Readonly<Record<CutoverSide, string>>;
  readonly probe: Probe;
  /** How many keys a side has. */
  readonly count: (side: CutoverSide) => Promise<number>;
}
