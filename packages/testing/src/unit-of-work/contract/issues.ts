import { describe, expect, it } from '@jest/globals';
import type { IssueRepository } from '@markitect/ports';
import { issueLabel } from '../../issues/issue-builders.js';
import { markitectFailure } from '../../markitect-failure.js';
import { draft, names, type OpenUnitOfWork, unitOfWorkTests } from './contract-section.js';

/** The embedded tracker as part of a unit of work. */
export function describeIssues(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);
  const titles = async (issues: IssueRepository) => {
    const found: string[] = [];
    for await (const { title } of issues.stream({ order: 'asc' })) found.push(title);
    return found;
  };

  describe('issues', () => {
    it(
      'are there together with everything else once it is committed',
      test(async ({ unitOfWork, documents, issues }) => {
        const created = await unitOfWork.run(async (tx) => {
          await tx.issues.saveLabel(issueLabel('bug'));
          const issue = await tx.issues.create({ title: 'a', labels: ['bug'] });
          await tx.issues.comment(issue.number, 'said');
          await tx.documents.save(draft('a'));
          expect(await issues.count({})).toBe(0);
          expect(await titles(tx.issues)).toEqual(['a']);
          return issue;
        });
        expect(await issues.get(created.number)).toMatchObject({ title: 'a', comments: 1 });
        expect(await issues.count({ labels: { all: ['bug'] } })).toBe(1);
        expect(await names(documents)).toEqual(['a']);
      }),
    );

    it(
      'are not there when it fails, and what was changed is as before',
      test(async ({ unitOfWork, documents, issues }) => {
        const before = await issues.create({ title: 'before' });
        await unitOfWork
          .run(async (tx) => {
            const lost = await tx.issues.create({ title: 'lost' });
            await tx.issues.edit(before.number, { title: 'changed', state: 'closed' });
            await tx.issues.block(before.number, lost.number);
            await tx.documents.save(draft('lost'));
            throw new Error('undone');
          })
          .catch(() => undefined);
        expect(await titles(issues)).toEqual(['before']);
        expect(await issues.get(before.number)).toEqual(before);
        expect(await issues.blockers(before.number)).toEqual([]);
        expect((await issues.timeline(before.number)).items).toEqual([]);
        expect(await names(documents)).toEqual([]);
      }),
    );

    it(
      'of a nested part that fails are undone alone',
      test(async ({ unitOfWork, issues }) => {
        await unitOfWork.run(async (tx) => {
          await tx.issues.create({ title: 'a' });
          await tx
            .nested(async (inner) => {
              await inner.issues.create({ title: 'lost' });
              expect(await titles(inner.issues)).toEqual(['a', 'lost']);
              throw new Error('undone');
            })
            .catch(() => undefined);
          await tx.nested((inner) => inner.issues.create({ title: 'b' }));
        });
        expect(await titles(issues)).toEqual(['a', 'b']);
      }),
    );

    it(
      'stay as they are when a write is refused and the work goes on',
      test(async ({ unitOfWork, issues }) => {
        await unitOfWork.run(async (tx) => {
          const { number } = await tx.issues.create({ title: 'a' });
          const refused = () => tx.issues.edit(number, { title: 'b', labels: ['unknown'] });
          expect((await markitectFailure(refused)).code).toBe('ISSUE_LABEL_UNKNOWN');
          await tx.issues.comment(number, 'goes on');
        });
        expect(await titles(issues)).toEqual(['a']);
      }),
    );

    it(
      'are not changed inside of it but through its transaction',
      test(async ({ unitOfWork, issues }) => {
        await unitOfWork.run(async () => {
          const error = await markitectFailure(() => issues.create({ title: 'outside' }));
          expect(error.code).toBe('TRANSACTION_NESTED');
        });
        expect(await issues.count({})).toBe(0);
      }),
    );
  });
}
