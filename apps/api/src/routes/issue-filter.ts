import type { BoardRequest } from '@markitect/application';
import type { z } from 'zod';
import type { boardQuery } from '../schemas/issue-requests.js';

type FilterQuery = Omit<z.infer<typeof boardQuery>, 'cards' | 'maxAge'>;

/** Which issues the parameters of a request mean. */
export function filterOf({
  state,
  label,
  anyLabel,
  notLabel,
  assignee,
  author,
  milestone,
  text,
  updatedSince,
  updatedBefore,
}: FilterQuery): NonNullable<BoardRequest['filter']> {
  return {
    ...(state === undefined ? {} : { state }),
    labels: {
      all: [label ?? []].flat(),
      any: [anyLabel ?? []].flat(),
      none: [notLabel ?? []].flat(),
    },
    ...(assignee === undefined ? {} : { assignee: orNone(assignee) }),
    ...(author === undefined ? {} : { author }),
    ...(milestone === undefined ? {} : { milestone: orNone(milestone) }),
    ...(text === undefined ? {} : { text }),
    ...(updatedSince === undefined ? {} : { updatedSince }),
    ...(updatedBefore === undefined ? {} : { updatedBefore }),
  };
}

function orNone(name: string): string | null {
  return name === 'none' ? null : name;
}
