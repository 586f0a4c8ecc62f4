import { describe, expect, it } from '@jest/globals';
import type { IssueRepository } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import { issueLabel, issueMilestone } from '../issue-builders.js';
import type { OpenFilledIssues } from './reading.js';

/** Every write, of an issue that is there. */
const writes: readonly (readonly [
  string,
  (repository: IssueRepository, number: number) => Promise<unknown>,
])[] = [
  ['create', (repository) => repository.create({ title: 'x' })],
  ['edit', (repository, number) => repository.edit(number, { title: 'x' })],
  ['comment', (repository, number) => repository.comment(number, 'x')],
  ['block', (repository, number) => repository.block(number, number + 1)],
  ['unblock', (repository, number) => repository.unblock(number, number + 1)],
  ['saveLabel', (repository) => repository.saveLabel(issueLabel('new'))],
  ['saveMilestone', (repository) => repository.saveMilestone(issueMilestone('new'))],
];

export function describeReadOnly(open: OpenFilledIssues): void {
  it.each(writes)('refuses to %s, and changes nothing', async (_, write) => {
    const opened = await open();
    const { repository } = opened;
    const [first] = (await repository.list({ order: 'asc' })).items;
    const error = await markitectFailure(() => write(repository, first?.number ?? 0));
    expect(error).toMatchObject({ kind: 'NotSupported', code: 'ISSUES_READ_ONLY' });
    expect(await repository.count({})).toBe(9);
    expect(await repository.get(first?.number ?? 0)).toEqual(first);
    await opened.close();
  });

  describe('its timeline', () => {
    it('has pages', async () => {
      const opened = await open();
      const { repository } = opened;
      const [first] = (await repository.list({ order: 'asc' })).items;
      const page = await repository.timeline(first?.number ?? 0, { limit: 1 });
      expect(page.items).toHaveLength(1);
      const next = await repository.timeline(first?.number ?? 0, { limit: 1, cursor: page.nextCursor ?? '' });
      expect(next.items).toMatchObject([{ body: 'Comment 1: only here' }]);
      await opened.close();
    });
  });
}
