import { Invalid } from './markitect-error.js';

/** Throws Invalid `REQUEST_INVALID` naming a field and what is allowed in it, when that is not what it holds. */
export function refuseField(field: string, isWrong: boolean, allowed: string): void {
  if (!isWrong) return;
  throw new Invalid('REQUEST_INVALID', `${field} must be ${allowed}`, { details: { field, allowed } });
}
