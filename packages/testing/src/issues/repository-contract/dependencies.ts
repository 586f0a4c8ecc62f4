import { describe, expect, it } from '@jest/globals';
import type { Issue } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import {
  CONTRACT_TIMEOUT_MS,
  createIssues,
  missingNumber,
  numbersOf,
  type OpenIssueRepository,
  trackerTests,
} from './contract-section.js';

export function describeDependencies(open: OpenIssueRepository): void {
  const tracker = trackerTests(open);
  const test = (title: string, body: (repository: IssueRepository, numbers: Numbers) => Promise<void>) =>
    it(
      title,
      tracker(async (repository) =>
        body(
          repository,
          numbersOf(await createIssues(repository, 'a', 'b', 'c')) as [number, number, number],
        ),
      ),
      CONTRACT_TIMEOUT_MS,
    );

  describe('dependencies', () => {
    test('are known from both ends, by number', async (repository, [a, b, c]) => {
      await repository.block(a, c);
      await repository.block(a, b);
      expect(numbersOf(await repository.blockers(a))).toEqual([b, c]);
      expect(numbersOf(await repository.blocked(b))).toEqual([a]);
      expect(await repository.blockers(a)).toEqual(await repository.getMany([b, c]));
      expect(await repository.blocked(c)).toEqual(await repository.getMany([a]));
      expect(await repository.blockers(b)).toEqual([]);
    });

    test('are added once and taken away once, however often that is asked', async (repository, [a, b]) => {
      await repository.unblock(a, b);
      await repository.block(a, b);
      await repository.block(a, b);
      expect(numbersOf(await repository.blockers(a))).toEqual([b]);
      await repository.unblock(a, b);
      await repository.unblock(a, b);
      expect(await repository.blockers(a)).toEqual([]);
      expect(await repository.blocked(b)).toEqual([]);
    });

    test('in a circle of two or one are refused', async (repository, [a, b]) => {
      await repository.block(a, b);
      for (const write of [() => repository.block(b, a), () => repository.block(a, a)]) {
        expect((await markitectFailure(write)).code).toBe('REQUEST_INVALID');
      }
      expect(numbersOf(await repository.blockers(a))).toEqual([b]);
      expect(await repository.blockers(b)).toEqual([]);
    });

    test('on unknown issues are refused', async (repository, [a]) => {
      const missing = await missingNumber(repository);
      for (const write of [() => repository.block(a, missing), () => repository.block(missing, a)]) {
        expect((await markitectFailure(write)).code).toBe('ISSUE_NOT_FOUND');
      }
      expect(await repository.blockers(a)).toEqual([]);
    });

    test('keep an issue open, whatever else an edit says, until what it waits for is closed', async (repository, [
      a,
      b,
      c,
    ]) => {
      await repository.block(a, b);
      await repository.block(a, c);
      const before = await repository.get(a);
      for (const edit of [{ state: 'closed' }, { state: 'closed', title: 'x', body: 'y' }] as const) {
        const error = await markitectFailure(() => repository.edit(a, edit));
        expect(error).toMatchObject({ kind: 'Conflict', code: 'ISSUE_BLOCKED' });
      }
      expect(await repository.get(a)).toEqual(before);
      expect((await repository.edit(a, { title: 'still open' })).title).toBe('still open');
      await repository.edit(b, { state: 'closed' });
      expect((await markitectFailure(() => repository.edit(a, { state: 'closed' }))).code).toBe(
        'ISSUE_BLOCKED',
      );
      await repository.unblock(a, c);
      const closed: Issue = await repository.edit(a, { state: 'closed' });
      expect(closed.state).toBe('closed');
      expect((await repository.edit(b, { state: 'open' })).state).toBe('open');
    });
  });
}

type Numbers = readonly [number, number, number];
