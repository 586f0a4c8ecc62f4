/** What must hold in a simulation, by a short name. */
export const invariants = {
  kept: 'an acknowledged write is there in the end, whatever the stage',
  'in-order': 'a read does not go back in time, but where documented',
  alike: 'after repair both stores are equal',
  primary: 'a write begins on the side that decides, and there only',
  marked: 'what is written or copied is marked',
  gated: 'a switch is made when its gates hold, and not before',
  documented: 'an operation fails with what is documented, where that is due',
  ends: 'operations and repairs come to their end when all is well again',
  known: 'a change of stage is known to all processes in time',
  sound: 'nothing throws a TypeError',
} as const;

export type Invariant = keyof typeof invariants;

/** What is not as it must be. */
export class Violation extends Error {
  constructor(
    readonly invariant: Invariant,
    what: string,
  ) {
    super(what);
  }
}
