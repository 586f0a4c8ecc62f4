import { refuseField, type Timestamp } from '@markitect/domain';
import type { TaskClaim } from '@markitect/ports';

/** Throws Invalid `REQUEST_INVALID` naming the field. */
export function requireClaim({ worker, limit, leaseMs }: TaskClaim): void {
  refuseField('worker', worker.length < 1 || worker.length > 200, '1 to 200 characters');
  refuseField('limit', !isWhole(limit, 1, 1000), 'a whole number from 1 to 1,000');
  requireLeaseMs(leaseMs);
}

/** Throws Invalid `REQUEST_INVALID`. */
export function requireLeaseMs(leaseMs: number): void {
  refuseField('leaseMs', !isWhole(leaseMs, 1, 2 ** 31 - 1), 'a whole number of milliseconds from 1');
}

/** The limit of a redrive. Throws Invalid `REQUEST_INVALID`. */
export function requireRedriveLimit(limit = 1000): number {
  refuseField('limit', !isWhole(limit, 1, 1_000_000), 'a whole number from 1 to 1,000,000');
  return limit;
}

/** A time in milliseconds since 1970. Throws Invalid `REQUEST_INVALID` naming the field. */
export function requireTime(field: string, time: Timestamp): number {
  const ms = Date.parse(time);
  refuseField(field, Number.isNaN(ms), 'a time, e.g. 2026-11-21T08:00:00Z');
  return ms;
}

function isWhole(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
