import { Conflict } from '@markitect/domain';

/** Conflict `CUTOVER_CHANGED`: of a component, and what it is or has been. */
export function changed(component: string, what: string): Conflict {
  return new Conflict('CUTOVER_CHANGED', `${component} ${what}`, { details: { component } });
}
