import { describe, expect, it } from '@jest/globals';
import { isMarkitectError, type IssueQuery, issueSorts } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { InMemoryIssueRepository, issueLabel, issueMilestone } from '@markitect/testing';
import fc from 'fast-check';
import { SqliteIssueRepository } from '../src/index.js';
import { temporaryStore } from './temporary-store.js';

const one = fc.constantFrom;
const labels = ['bug', 'docs', 'status/a', 'status/b', "it's %_ 😀"];
const label = one(...labels, 'unknown');
const user = one('ada', 'bob', 'Zoë');
const milestone = one('1.0', '2.0');
const number = fc.integer({ min: 1, max: 9 });
const text = fc.oneof(
  one('', 'Login fails', '100%', 'a_b', 'ÄRGER Σ', "it's"),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const names = fc.uniqueArray(label, { maxLength: 3 });
const users = fc.uniqueArray(user, { maxLength: 2 });
const date = one('2026-02-28', '2026-12-24', '2026-02-30');
const state = one('open' as const, 'closed' as const);
const partial = { requiredKeys: [] };

const draft = fc.record(
  {
    title: fc.oneof(one('Login fails', 'a_b', 'Σ'), text),
    body: text,
    labels: names,
    milestone,
    assignees: users,
    dueOn: date,
  },
  { requiredKeys: ['title'] },
);
const edit = fc.record(
  {
    title: text,
    body: text,
    state,
    labels: names,
    milestone: fc.option(milestone),
    assignees: users,
    dueOn: fc.option(date),
  },
  partial,
);
/** Conditions that some issues meet, one by one: all at once would hardly ever be met. */
const condition: fc.Arbitrary<IssueQuery> = fc.oneof(
  fc.record({ state }),
  fc.record({ labels: fc.record({ all: names, any: names, none: names }, partial) }),
  fc.record({ labels: fc.record({ none: fc.uniqueArray(one(...labels), { minLength: 1, maxLength: 3 }) }) }),
  fc.record({ assignee: fc.option(user) }),
  fc.record({ author: one('ada', 'eve') }),
  fc.record({ milestone: fc.option(milestone) }),
  fc.record({ text: fc.oneof(text, fc.string({ unit: 'grapheme', maxLength: 2 })) }),
  fc.record({ updatedSince: fc.integer({ min: 0, max: 30 }).map(timeOf) }),
  fc.record({ updatedBefore: fc.integer({ min: 0, max: 30 }).map(timeOf) }),
);
const query: fc.Arbitrary<IssueQuery> = fc
  .tuple(
    fc.array(condition, { maxLength: 2 }),
    fc.record({ sort: one(...issueSorts), order: one('asc' as const, 'desc' as const) }, partial),
  )
  .map(([conditions, order]) => Object.assign({}, ...conditions, order) as IssueQuery);

type Step = (repository: IssueRepository) => Promise<unknown>;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: draft.map(
      (each): Step =>
        (repository) =>
          repository.create(each),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(number, edit, one(undefined, undefined, '1', '2')).map(
      ([at, each, version]): Step =>
        (repository) =>
          repository.edit(at, each, version),
    ),
  },
  fc.tuple(number, text).map(
    ([at, body]): Step =>
      (repository) =>
        repository.comment(at, body),
  ),
  fc.tuple(number, number).map(
    ([at, by]): Step =>
      (repository) =>
        repository.block(at, by),
  ),
  fc.tuple(number, number).map(
    ([at, by]): Step =>
      (repository) =>
        repository.unblock(at, by),
  ),
  fc.tuple(label, one('ff0000', '00ff00', 'red'), fc.boolean()).map(([name, color, exclusive]): Step => {
    return (repository) => repository.saveLabel(issueLabel(name, { color, exclusive }));
  }),
  fc.tuple(milestone, state).map(([title, of]): Step => {
    return (repository) => repository.saveMilestone(issueMilestone(title, { state: of }));
  }),
);

describe('SqliteIssueRepository', () => {
  it('answers as the tracker in memory does, whatever is done and asked', async () => {
    const { connection, close } = await temporaryStore();
    let trackers = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 15, maxLength: 40, size: 'max' }),
        fc.array(query, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, queries, limit) => {
          let minute = 0;
          const now = () => new Date(timeOf(minute));
          const source = `tracker ${(trackers += 1)}`;
          const memory = new InMemoryIssueRepository({ user: 'ada', now });
          const sqlite = new SqliteIssueRepository(connection, { source, user: 'ada', now });
          for (const repository of [memory, sqlite]) {
            for (const name of labels) await repository.saveLabel(issueLabel(name));
            for (const title of ['1.0', '2.0']) await repository.saveMilestone(issueMilestone(title));
          }
          for (const each of steps) {
            minute += 1;
            expect(await outcome(() => each(sqlite))).toEqual(await outcome(() => each(memory)));
          }
          for (const each of queries) {
            expect(await pages(sqlite, each, limit)).toEqual(await pages(memory, each, limit));
            expect(await sqlite.count(each)).toBe(await memory.count(each));
          }
          expect(await everything(sqlite)).toEqual(await everything(memory));
        },
      ),
      { numRuns: 120 },
    );
    await connection.integrityCheck();
    await close();
  }, 120_000);
});

function timeOf(minute: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
}

/** What an operation answers, or how it fails. */
async function outcome(operation: () => Promise<unknown>): Promise<unknown> {
  try {
    return await operation();
  } catch (error) {
    if (!isMarkitectError(error)) throw error;
    return { code: error.code, message: error.message, details: error.details };
  }
}

async function pages(repository: IssueRepository, asked: IssueQuery, limit: number): Promise<unknown> {
  const found: unknown[] = [];
  let page = await repository.list(asked, { limit });
  found.push(page.items);
  while (page.nextCursor !== undefined) {
    page = await repository.list(asked, { limit, cursor: page.nextCursor });
    found.push(page.items);
    if (found.length > 100) throw new Error('the pages do not come to an end');
  }
  return found;
}

async function everything(repository: IssueRepository): Promise<unknown> {
  const { items } = await repository.list({}, { limit: 500 });
  return {
    items,
    labels: await repository.labels(),
    milestones: await repository.milestones(),
    parts: await Promise.all(
      items.map(async (issue) => ({
        got: await repository.get(issue.number),
        comments: await repository.comments(issue.number),
        blockers: await repository.blockers(issue.number),
        blocked: await repository.blocked(issue.number),
        timeline: (await repository.timeline(issue.number, { limit: 500 })).items,
      })),
    ),
  };
}
