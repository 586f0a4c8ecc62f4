import { describe, expect, it } from '@jest/globals';
import type { Transaction, TransactionFiles } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import {
  changeAll,
  exactly,
  latch,
  names,
  type OpenUnitOfWork,
  draft,
  path,
  seen,
  turns,
  unitOfWorkTests,
} from './contract-section.js';

/** How a unit of work ends. */
export function describeOutcomes(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);

  describe('run', () => {
    it(
      'does everything when the work returns, and answers what it returned',
      test(async (opened) => {
        const answer = await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          await changeAll(tx, 'b');
          return 42;
        });
        expect(answer).toBe(42);
        expect(await seen(opened)).toEqual(exactly('a', 'b'));
      }),
    );

    it(
      'does nothing when the work does nothing',
      test(async (opened) => {
        expect(await opened.unitOfWork.run(async () => Promise.resolve('done'))).toBe('done');
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it.each<[string, unknown]>([
      ['an error', new Error('mine')],
      ['a text', 'just a text'],
      ['undefined', undefined],
      ['null', null],
      ['an object', { code: 7 }],
    ])('undoes everything when the work throws %s, and throws the same', (_, thrown) =>
      test(async (opened) => {
        let caught: unknown = 'nothing';
        try {
          await opened.unitOfWork.run(async (tx) => {
            await changeAll(tx, 'a');
            throw thrown;
          });
        } catch (error) {
          caught = error;
        }
        expect(caught).toBe(thrown);
        expect(await seen(opened)).toEqual(exactly());
      })(),
    );

    it(
      'takes work that throws before it gives a promise for work that throws',
      test(async (opened) => {
        const error = new Error('at once');
        await expect(
          opened.unitOfWork.run(() => {
            throw error;
          }),
        ).rejects.toBe(error);
        expect(await opened.unitOfWork.run(async () => Promise.resolve(1))).toBe(1);
      }),
    );

    it(
      'undoes everything when an operation fails and the work lets it',
      test(async (opened) => {
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(async (tx) => {
            await changeAll(tx, 'a');
            await tx.documents.save(draft('a', 'other'), 'absent');
          }),
        );
        expect(error.code).toBe('DOCUMENT_CHANGED');
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'goes on after an operation that failed when the work catches it',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          await markitectFailure(() => tx.documents.save(draft('a', 'other'), 'absent'));
          await changeAll(tx, 'b');
        });
        expect(await seen(opened)).toEqual(exactly('a', 'b'));
        expect((await opened.documents.get(path('a')))?.content).toBe('a');
      }),
    );

    it(
      'leaves nothing behind for the next one when it fails',
      test(async (opened) => {
        await opened.unitOfWork
          .run(async (tx) => {
            await changeAll(tx, 'lost');
            throw new Error('undone');
          })
          .catch(() => undefined);
        await opened.unitOfWork.run((tx) => changeAll(tx, 'kept'));
        expect(await seen(opened)).toEqual(exactly('kept'));
      }),
    );
  });

  describe('begin', () => {
    it(
      'undoes everything unless it is committed',
      test(async (opened) => {
        {
          await using tx = await opened.unitOfWork.begin();
          await changeAll(tx, 'a');
        }
        expect(await seen(opened)).toEqual(exactly());
        expect(await opened.unitOfWork.run(async () => Promise.resolve('free'))).toBe('free');
      }),
    );

    it(
      'undoes everything when the block is left by an error',
      test(async (opened) => {
        const error = new Error('mine');
        const block = async () => {
          await using tx = await opened.unitOfWork.begin();
          await changeAll(tx, 'a');
          throw error;
        };
        await expect(block()).rejects.toBe(error);
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'does everything when it is committed',
      test(async (opened) => {
        {
          await using tx = await opened.unitOfWork.begin();
          await changeAll(tx, 'a');
          await tx.commit();
        }
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );

    it(
      'can be rolled back by hand, more than once, and then no longer committed',
      test(async (opened) => {
        const tx = await opened.unitOfWork.begin();
        await changeAll(tx, 'a');
        await tx.rollback();
        await tx.rollback();
        expect((await markitectFailure(() => tx.commit())).code).toBe('TRANSACTION_FINISHED');
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'is over once it is committed',
      test(async (opened) => {
        const tx = await opened.unitOfWork.begin();
        await changeAll(tx, 'a');
        await tx.commit();
        await tx.rollback();
        expect((await markitectFailure(() => tx.commit())).code).toBe('TRANSACTION_FINISHED');
        expect((await markitectFailure(() => tx.documents.save(draft('b')))).code).toBe(
          'TRANSACTION_FINISHED',
        );
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );

    it(
      'has nested parts',
      test(async (opened) => {
        await using tx = await opened.unitOfWork.begin();
        await changeAll(tx, 'a');
        await tx
          .nested(async (inner) => {
            await changeAll(inner, 'lost');
            throw new Error('undone');
          })
          .catch(() => undefined);
        await tx.nested((inner) => changeAll(inner, 'b'));
        await tx.commit();
        expect(await seen(opened)).toEqual(exactly('a', 'b'));
      }),
    );

    it(
      'keeps others from writing until it is over',
      test(async (opened) => {
        const tx = await opened.unitOfWork.begin();
        let through = false;
        const other = opened.unitOfWork.run(async (theirs) => {
          through = true;
          await changeAll(theirs, 'b');
        });
        await changeAll(tx, 'a');
        await turns();
        expect(through).toBe(false);
        await tx.commit();
        await other;
        expect(await names(opened.documents)).toEqual(['a', 'b']);
      }),
    );
  });

  describe('a promise that nobody waits for', () => {
    it(
      'is refused, and nothing is committed, when it is under way as the work returns',
      test(async (opened) => {
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(async (tx) => {
            await changeAll(tx, 'a');
            tx.documents.save(draft('b')).catch(() => undefined);
          }),
        );
        expect(error.code).toBe('TRANSACTION_UNAWAITED');
        expect(error.message).toContain('save');
        await turns();
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'undoes only the nested part that forgot it',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          const error = await markitectFailure(() =>
            tx.nested(async (inner) => {
              await changeAll(inner, 'lost');
              inner.documents.save(draft('forgotten')).catch(() => undefined);
            }),
          );
          expect(error.code).toBe('TRANSACTION_UNAWAITED');
          await changeAll(tx, 'b');
        });
        expect(await seen(opened)).toEqual(exactly('a', 'b'));
      }),
    );

    it(
      'may not be a nested part either',
      test(async (opened) => {
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(async (tx) => {
            await changeAll(tx, 'a');
            tx.nested((inner) => changeAll(inner, 'b')).catch(() => undefined);
          }),
        );
        expect(error.code).toBe('TRANSACTION_UNAWAITED');
        await turns(20);
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'learns that it is too late when it goes on after the end',
      test(async (opened) => {
        const go = latch();
        let forgotten: Promise<unknown> = Promise.resolve();
        await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          forgotten = go.opened.then(() => tx.documents.save(draft('late')));
        });
        go.open();
        expect((await markitectFailure(() => forgotten)).code).toBe('TRANSACTION_FINISHED');
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );
  });

  describe('a transaction that is over', () => {
    it.each(['committed', 'rolled back'])('answers nothing but that it is: %s', (how) =>
      test(async (opened) => {
        const kept: Transaction[] = [];
        const files: TransactionFiles[] = [];
        await opened.unitOfWork
          .run(async (tx) => {
            kept.push(tx, await tx.nested((inner) => Promise.resolve(inner)));
            files.push(tx.files('files'));
            if (how === 'rolled back') throw new Error('undone');
          })
          .catch(() => undefined);
        for (const over of kept) {
          const uses: (() => Promise<unknown>)[] = [
            () => over.documents.get(path('a')),
            () => over.documents.save(draft('a')),
            () => over.workspaces.list({}),
            () => over.issues.list({}),
            () => over.issues.create({ title: 'late' }),
            async () => over.files('files').write('a.txt', new Uint8Array()),
            () => over.cache.invalidate(['a']),
            () => over.cache.invalidateTags(['a']),
            () => over.outbox.send('changed', {}),
            () => over.nested(() => Promise.resolve()),
            async () => {
              over.afterCommit(() => undefined);
              await Promise.resolve();
            },
          ];
          for (const use of uses) expect((await markitectFailure(use)).code).toBe('TRANSACTION_FINISHED');
        }
        expect((await markitectFailure(async () => files[0]?.remove('a.txt'))).code).toBe(
          'TRANSACTION_FINISHED',
        );
        expect(await seen(opened)).toEqual(exactly());
      })(),
    );
  });
}
