import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '@markitect/domain';
import { UsageError } from '../program/usage-error.js';
import type { OptionDefinition } from './command.js';

/** A value of an option that is not of its form. */
export function badOption(option: string, message: string): UsageError {
  return new UsageError(`${option} ${message}`, { field: option });
}

/** A whole number within bounds. Throws UsageError. */
export function wholeNumber(option: string, minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = /^[+-]?\d+$/.test(value.trim()) ? Number(value) : NaN;
    if (number >= minimum && number <= maximum) return number;
    throw badOption(option, `must be a whole number from ${minimum} to ${maximum}, not "${value}"`);
  };
}

/** A text that is neither empty nor, the value having been forgotten, the next option. Throws UsageError. */
export function nonEmpty(option: string): (value: string) => string {
  return (value) => {
    if (value.trim() === '') throw badOption(option, 'must not be empty');
    if (/^--[a-z]/.test(value)) throw badOption(option, `must have a value, and ${value} is an option`);
    return value;
  };
}

/** The values of {@link pageOptions}. */
export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
}

const paging = 'Paging:';

/** The options of every command that answers in pages. */
export const pageOptions: readonly OptionDefinition[] = [
  {
    flags: '--limit <count>',
    description: `results on one page, 1 to ${MAX_PAGE_LIMIT}`,
    default: DEFAULT_PAGE_LIMIT,
    parse: wholeNumber('--limit', 1, MAX_PAGE_LIMIT),
    group: paging,
  },
  {
    flags: '--cursor <cursor>',
    description: 'the page after the one that named this cursor, of the same query',
    parse: nonEmpty('--cursor'),
    group: paging,
  },
];

/** The options that narrow a command to some documents. */
export const prefixOption: OptionDefinition = {
  flags: '--prefix <text>',
  description: 'only documents whose paths begin with this',
  group: 'Filters:',
};
export const tagOption: OptionDefinition = {
  flags: '--tag <tag>',
  description: 'only documents with this tag',
  parse: nonEmpty('--tag'),
  group: 'Filters:',
};

/** Of an object, the properties that are not `undefined`: what optional properties of a port's request want. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** Refuses values of options that say something of what `option` names, when that is missing. Throws UsageError. */
export function refuseWithout(option: string, values: object): void {
  const named = Object.entries(values as Readonly<Record<string, unknown>>).find(
    ([, value]) => value !== undefined,
  );
  if (named !== undefined) throw badOption(`--${named[0]}`, `needs ${option}`);
}
