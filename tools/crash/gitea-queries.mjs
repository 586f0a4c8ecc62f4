// The questions that a Gitea and its mirror have to answer alike.
import { isDeepStrictEqual } from 'node:util';
import { issueQuery } from '@markitect/domain';

/** Queries of every kind, about what seedIssues makes. `middle`: a time that some issues changed after. */
export function queries({ owner, middle }) {
  return [
    {},
    { order: 'asc' },
    { state: 'open' },
    { state: 'closed', order: 'asc' },
    { labels: { all: ['bug'] } },
    { labels: { all: ['bug', 'status/doing'] } },
    { labels: { all: ['no such label'] } },
    { labels: { any: ['docs', 'question'] } },
    { labels: { any: ['docs', 'no such label'] }, state: 'open' },
    { labels: { none: ['bug', 'priority/low'] } },
    { labels: { all: ['bug'], any: ['status/todo', 'status/review'], none: ['priority/high'] } },
    { milestone: 'v1' },
    { milestone: null, state: 'open' },
    { milestone: 'no such milestone' },
    { assignee: 'ann' },
    { assignee: null, labels: { all: ['docs'] } },
    { assignee: 'nobody-has-this-name' },
    { author: owner },
    { author: 'ann' },
    { text: 'cache' },
    { text: 'CACHE parser' },
    { text: 'raft 7' },
    { text: '100%' },
    { updatedSince: middle },
    { updatedBefore: middle },
    { updatedSince: middle, state: 'closed', sort: 'updatedAt' },
    { sort: 'createdAt', order: 'asc', state: 'open' },
    { sort: 'updatedAt' },
    { sort: 'updatedAt', order: 'asc', milestone: 'v2' },
    { sort: 'comments' },
    { sort: 'comments', order: 'asc', labels: { any: ['bug'] }, assignee: 'ben' },
    { milestone: 'later', assignee: 'ben', labels: { none: ['docs'] }, text: 'sync', order: 'asc' },
  ].map(issueQuery);
}

/**
 * Asks both the same and compares whole answers, page by page.
 *
 * @returns what differs
 */
export async function differences(tracker, mirrored, asked, limit) {
  const found = [];
  for (const query of asked) {
    const [there, here] = [await pages(tracker, query, limit), await pages(mirrored, query, limit)];
    const what = JSON.stringify(query);
    const numbers = (of) => of.map((page) => page.map(({ number }) => number));
    if (!isDeepStrictEqual(numbers(there), numbers(here))) found.push(`${what}: other numbers or pages`);
    else if (!isDeepStrictEqual(there, here))
      found.push(`${what}: ${firstDifference(there.flat(), here.flat())}`);
    const counts = [await tracker.count(query), await mirrored.count(query), here.flat().length];
    if (new Set(counts).size > 1) found.push(`${what}: counted as ${counts.join(', ')}`);
  }
  return found;
}

/** What belongs to issues: comments, and what they wait for and what waits for them. */
export async function partDifferences(tracker, mirrored, numbers) {
  const found = [];
  for (const part of ['labels', 'milestones']) {
    if (!isDeepStrictEqual(await tracker[part](), await mirrored[part]())) found.push(`other ${part}`);
  }
  for (const number of numbers) {
    for (const part of ['comments', 'blockers', 'blocked']) {
      const [there, here] = await Promise.all(
        [tracker, mirrored].map((of) => of[part](number).catch(({ code }) => code)),
      );
      if (!isDeepStrictEqual(there, here)) found.push(`other ${part} of #${number}`);
    }
  }
  return found;
}

async function pages(issues, query, limit) {
  const all = [];
  for (let cursor; ;) {
    const { items, nextCursor } = await issues.list(query, {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    all.push(items);
    if (nextCursor === undefined) return all;
    cursor = nextCursor;
  }
}

function firstDifference(there, here) {
  const at = there.findIndex((issue, index) => !isDeepStrictEqual(issue, here[index]));
  const fields = Object.keys({ ...there[at], ...here[at] }).filter(
    (field) => !isDeepStrictEqual(there[at][field], here[at][field]),
  );
  return `#${there[at].number} differs in ${fields
    .map((field) => `${field} (${JSON.stringify(there[at][field])}, ${JSON.stringify(here[at][field])})`)
    .join(', ')}`;
}
