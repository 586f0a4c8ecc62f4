import { isCalendarDate, type IssueQuery, parseInstant } from '@markitect/domain';
import type { OptionDefinition } from './command.js';
import { badOption, given, nonEmpty } from './option-values.js';

/** The values of {@link filterOptions}. */
export interface FilterOptions {
  readonly label?: readonly string[];
  readonly anyLabel?: readonly string[];
  readonly notLabel?: readonly string[];
  readonly assignee?: string;
  readonly author?: string;
  readonly milestone?: string;
  readonly text?: string;
  readonly since?: string;
  readonly before?: string;
}

const group = 'Filters:';

function labels(flag: string, description: string): OptionDefinition {
  return {
    flags: `${flag} <name>`,
    description: `${description}; repeatable`,
    repeatable: true,
    parse: nonEmpty(flag),
    group,
  };
}

/** The options that narrow a command to some issues. */
export const filterOptions: readonly OptionDefinition[] = [
  labels('--label', 'with this label; several: with all of them'),
  labels('--any-label', 'with at least one of these labels'),
  labels('--not-label', 'without this label'),
  {
    flags: '--assignee <user>',
    description:
      'assigned to this user; "me": see issues.user, in Gitea else whose token it is; "none": nobody',
    parse: nonEmpty('--assignee'),
    group,
  },
  {
    flags: '--author <user>',
    description: 'written by this user, or by "me"',
    parse: nonEmpty('--author'),
    group,
  },
  {
    flags: '--milestone <title>',
    description: 'of this milestone; "none": of none',
    parse: nonEmpty('--milestone'),
    group,
  },
  {
    flags: '--text <words>',
    description: 'with all of these words, or parts of words, in title or body',
    parse: nonEmpty('--text'),
    group,
  },
  {
    flags: '--since <when>',
    description: 'changed since a day (2026-11-21), a time (2026-11-21T08:00Z) or so long ago (36h, 7d, 2w)',
    parse: instant('--since'),
    group,
  },
  {
    flags: '--before <when>',
    description: 'last changed before a day, a time or so long ago; as for --since',
    parse: instant('--before'),
    group,
  },
];

/** Whether any of {@link filterOptions} was given. */
export function isFiltered(options: FilterOptions): boolean {
  const { label, anyLabel, notLabel, assignee, author, milestone, text, since, before } = options;
  return [label, anyLabel, notLabel, assignee, author, milestone, text, since, before].some(
    (each) => each !== undefined,
  );
}

/** The issues that the options mean. `me` says who that is; it is asked only where an option says "me". */
export async function filterOf(options: FilterOptions, me: () => Promise<string>): Promise<IssueQuery> {
  const { label, anyLabel, notLabel, assignee, author, milestone, text, since, before } = options;
  const mine = [assignee, author].includes('me') ? await me() : undefined;
  const named = (user: string | undefined) => (user === 'me' ? mine : user);
  return given({
    labels: given({ all: label, any: anyLabel, none: notLabel }),
    assignee: assignee === 'none' ? null : named(assignee),
    author: named(author),
    milestone: milestone === 'none' ? null : milestone,
    text,
    updatedSince: since,
    updatedBefore: before,
  });
}

const HOUR = 3_600_000;
const units = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR } as const;

/** A day here, a time, or how long ago, as an instant. Throws UsageError. */
export function instant(option: string, now = () => Date.now()): (value: string) => string {
  return (value) => {
    const [, count, unit] = /^(\d{1,5})([hdw])$/.exec(value) ?? [];
    if (count !== undefined) {
      return new Date(now() - Number(count) * units[unit as keyof typeof units]).toISOString();
    }
    // A day begins where the reader is.
    try {
      return parseInstant(value, option, { zone: 'local' });
    } catch {
      throw badOption(option, `must be like 2026-11-21, 2026-11-21T08:00Z, 36h, 7d or 2w, not "${value}"`);
    }
  };
}

/** A day, `2026-11-21`. Throws UsageError. */
export function calendarDay(option: string): (value: string) => string {
  return (value) => {
    const isDay: boolean = isCalendarDate(value);
    if (isDay) return value;
    throw badOption(option, `must be a day, e.g. 2026-11-21, not "${value}"`);
  };
}
