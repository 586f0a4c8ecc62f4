import { describe, expect, it } from '@jest/globals';
import type { Transaction } from '@markitect/ports';
import {
  bytes,
  changeAll,
  draft,
  exactly,
  latch,
  names,
  type OpenUnitOfWork,
  path,
  seen,
  text,
  turns,
  unitOfWorkTests,
} from './contract-section.js';

/** Units of work beside each other, and those who read meanwhile. */
export function describeConcurrency(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);

  async function increment(tx: Transaction): Promise<void> {
    const count = Number((await tx.documents.get(path('counter')))?.content ?? 0);
    await turns(1);
    await tx.documents.save(draft('counter', `${count + 1}`));
    const file = Number(text(await tx.files('files').read('counter.txt')) ?? 0);
    await tx.files('files').write('counter.txt', bytes(`${file + 1}`));
  }

  describe('units of work at the same time', () => {
    it(
      'lose no update, of rows or of files',
      test(async (opened) => {
        await Promise.all(Array.from({ length: 50 }, () => opened.unitOfWork.run(increment)));
        expect((await opened.documents.get(path('counter')))?.content).toBe('50');
        expect(text((await opened.files('files').read('counter.txt')).bytes)).toBe('50');
      }),
    );

    it(
      'lose no update when some of them fail, and are none the worse for it',
      test(async (opened) => {
        const results = await Promise.allSettled(
          Array.from({ length: 40 }, (_, index) =>
            opened.unitOfWork.run(async (tx) => {
              await increment(tx);
              if (index % 4 === 0) throw new Error('undone');
            }),
          ),
        );
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
        expect((await opened.documents.get(path('counter')))?.content).toBe('30');
        expect(text((await opened.files('files').read('counter.txt')).bytes)).toBe('30');
      }),
    );

    it(
      'and writes outside of any take turns',
      test(async (opened) => {
        const entered = latch();
        const done = latch();
        const unit = opened.unitOfWork.run(async (tx) => {
          entered.open();
          await changeAll(tx, 'unit');
          await done.opened;
        });
        await entered.opened;
        const outside = opened.documents.save(draft('outside'));
        await turns();
        done.open();
        await Promise.all([unit, outside]);
        expect(await names(opened.documents)).toEqual(['outside', 'unit']);
      }),
    );
  });

  describe('those outside', () => {
    it(
      'see nothing before the commit, and everything when run has settled',
      test(async (opened) => {
        await opened.unitOfWork.run((tx) => changeAll(tx, 'before'));
        const before = await seen(opened);
        await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          await tx.nested((inner) => changeAll(inner, 'b'));
          await tx.documents.remove(path('before'));
          await tx.files('files').remove('before.txt');
          expect(await seen(opened)).toEqual(before);
        });
        expect(await seen(opened)).toEqual({
          ...exactly('a', 'b', 'before'),
          rows: ['a', 'b'],
          files: ['a', 'b'],
        });
      }),
    );

    it(
      'see nothing of a transaction that is open, nor of one that was undone',
      test(async (opened) => {
        const tx = await opened.unitOfWork.begin();
        await changeAll(tx, 'a');
        expect(await seen(opened)).toEqual(exactly());
        expect(await opened.documents.get(path('a'))).toBeUndefined();
        expect(await opened.files('files').exists('a.txt')).toBe(false);
        await tx.rollback();
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'see documents written by others while a unit of work waits',
      test(async (opened) => {
        await opened.documents.save(draft('outside'));
        await opened.unitOfWork.run(async (tx) => {
          expect((await tx.documents.get(path('outside')))?.content).toBe('outside');
          await tx.documents.save(draft('inside'));
        });
        expect(await names(opened.documents)).toEqual(['inside', 'outside']);
      }),
    );
  });

  describe('a transaction', () => {
    it(
      'sees its own rows and files',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          expect((await tx.documents.get(path('a')))?.content).toBe('a');
          expect((await tx.documents.list({})).items).toHaveLength(1);
          expect(text(await tx.files('files').read('a.txt'))).toBe('a');
          await tx.nested(async (inner) => {
            expect((await inner.documents.get(path('a')))?.content).toBe('a');
            expect(text(await inner.files('files').read('a.txt'))).toBe('a');
          });
        });
      }),
    );
  });
}
