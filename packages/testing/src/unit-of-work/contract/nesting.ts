import { describe, expect, it } from '@jest/globals';
import type { Transaction } from '@markitect/ports';
import { markitectFailure } from '../../markitect-failure.js';
import {
  bytes,
  changeAll,
  draft,
  exactly,
  type OpenUnitOfWork,
  path,
  seen,
  text,
  unitOfWorkTests,
} from './contract-section.js';

/** Parts of a unit of work, and units of work inside of others. */
export function describeNesting(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);

  describe('nested parts', () => {
    // Which of three levels fail, each caught by the one around it, and what is left.
    it.each<[boolean, boolean, boolean, string[]]>([
      [false, false, false, ['0', '1', '2', '3', '3 after', '2 after', '1 after', '0 after']],
      [false, false, true, ['0', '1', '2', '2 after', '1 after', '0 after']],
      [false, true, false, ['0', '1', '1 after', '0 after']],
      [false, true, true, ['0', '1', '1 after', '0 after']],
      [true, false, false, ['0', '0 after']],
      [true, false, true, ['0', '0 after']],
      [true, true, true, ['0', '0 after']],
    ])('are undone alone, three deep: failures %p, %p, %p', (first, second, third, left) =>
      test(async (opened) => {
        const fails = [false, first, second, third];
        const level = async (tx: Transaction, depth: number): Promise<void> => {
          await changeAll(tx, `${depth}`);
          if (depth < 3) await tx.nested((inner) => level(inner, depth + 1)).catch(() => undefined);
          await changeAll(tx, `${depth} after`);
          if (fails[depth] === true) throw new Error(`level ${depth}`);
        };
        await opened.unitOfWork.run((tx) => level(tx, 0));
        expect(await seen(opened)).toEqual(exactly(...left));
      })(),
    );

    it(
      'hand their result and their error to the part around them',
      test(async (opened) => {
        const error = new Error('mine');
        await opened.unitOfWork.run(async (tx) => {
          expect(await tx.nested(() => Promise.resolve('result'))).toBe('result');
          await expect(tx.nested(() => Promise.reject(error))).rejects.toBe(error);
        });
      }),
    );

    it(
      'are undone with the whole',
      test(async (opened) => {
        await opened.unitOfWork
          .run(async (tx) => {
            await tx.nested((inner) => changeAll(inner, 'inner'));
            throw new Error('outer');
          })
          .catch(() => undefined);
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'give back what was there before them: rows and files changed, moved and removed',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          await tx.documents.save(draft('kept', 'committed'));
          await tx.files('files').write('old.txt', bytes('committed'));
        });
        await unitOfWork.run(async (tx) => {
          const files = tx.files('files');
          await tx.documents.save(draft('kept', 'outer'));
          await files.write('new.txt', bytes('outer'));
          await tx
            .nested(async (inner) => {
              const own = inner.files('files');
              await inner.documents.remove(path('kept'));
              await own.write('new.txt', bytes('inner'));
              await own.move('old.txt', 'moved.txt');
              await own.copy('new.txt', 'copy.txt');
              await own.remove('new.txt');
              throw new Error('undone');
            })
            .catch(() => undefined);
          expect((await tx.documents.get(path('kept')))?.content).toBe('outer');
          expect(text(await files.read('new.txt'))).toBe('outer');
          expect(text(await files.read('old.txt'))).toBe('committed');
          expect(await files.read('moved.txt')).toBeUndefined();
        });
        expect((await seen(opened)).files).toEqual(['new', 'old']);
        expect(text((await opened.files('files').read('new.txt')).bytes)).toBe('outer');
        expect((await opened.documents.get(path('kept')))?.content).toBe('outer');
      }),
    );

    it(
      'do not undo each other when they are begun side by side',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          const part = (name: string, fails: boolean) =>
            tx.nested(async (inner) => {
              await changeAll(inner, name);
              await changeAll(inner, `${name} again`);
              if (fails) throw new Error(name);
            });
          const results = await Promise.allSettled([
            part('a', false),
            part('b', true),
            part('c', false),
            part('d', true),
          ]);
          expect(results.map(({ status }) => status)).toEqual([
            'fulfilled',
            'rejected',
            'fulfilled',
            'rejected',
          ]);
        });
        expect(await seen(opened)).toEqual(exactly('a', 'a again', 'c', 'c again'));
      }),
    );

    it(
      'are over when they are over',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          const inner = await tx.nested((inner) => Promise.resolve(inner));
          expect((await markitectFailure(() => inner.documents.save(draft('a')))).code).toBe(
            'TRANSACTION_FINISHED',
          );
          await changeAll(tx, 'b');
        });
        expect(await seen(opened)).toEqual(exactly('b'));
      }),
    );

    it(
      'run the effects of those that succeeded, after the commit',
      test(async (opened) => {
        const ran: string[] = [];
        await opened.unitOfWork.run(async (tx) => {
          tx.afterCommit(() => void ran.push('first'));
          await tx.nested(async (inner) => {
            inner.afterCommit(() => void ran.push('inner'));
            await Promise.resolve();
          });
          await tx
            .nested(async (inner) => {
              inner.afterCommit(() => void ran.push('undone'));
              await Promise.reject(new Error('undone'));
            })
            .catch(() => undefined);
          tx.afterCommit(() => void ran.push('last'));
          expect(ran).toEqual([]);
        });
        expect(ran).toEqual(['first', 'inner', 'last']);
      }),
    );
  });

  describe('a unit of work inside of another', () => {
    it(
      'becomes a nested part: its failure undoes only itself',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          await changeAll(tx, 'outer');
          await unitOfWork.run((inner) => changeAll(inner, 'joined'));
          await unitOfWork
            .run(async (inner) => {
              await changeAll(inner, 'lost');
              throw new Error('undone');
            })
            .catch(() => undefined);
        });
        expect(await seen(opened)).toEqual(exactly('joined', 'outer'));
      }),
    );

    it(
      'is undone with the one around it',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork
          .run(async () => {
            await unitOfWork.run((inner) => changeAll(inner, 'joined'));
            throw new Error('outer');
          })
          .catch(() => undefined);
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'joins the innermost part',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          await tx
            .nested(async () => {
              await unitOfWork.run((joined) => changeAll(joined, 'lost'));
              throw new Error('undone');
            })
            .catch(() => undefined);
          await changeAll(tx, 'kept');
        });
        expect(await seen(opened)).toEqual(exactly('kept'));
      }),
    );

    it(
      'is refused where that is asked for, and the one around it goes on',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          const refused = await markitectFailure(() =>
            unitOfWork.run((inner) => changeAll(inner, 'never'), { inside: 'refuse' }),
          );
          expect(refused.code).toBe('TRANSACTION_NESTED');
          const begun = await markitectFailure(() => unitOfWork.begin({ inside: 'refuse' }));
          expect(begun.code).toBe('TRANSACTION_NESTED');
          await changeAll(tx, 'a');
        });
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );

    it(
      'is none any more once that one is over',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          tx.afterCommit(() => unitOfWork.run((later) => changeAll(later, 'b'), { inside: 'refuse' }));
        });
        expect(await seen(opened)).toEqual(exactly('a', 'b'));
      }),
    );

    it(
      'cannot be gone round by a write outside of it, which would wait for itself',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          const error = await markitectFailure(() => opened.documents.save(draft('round')));
          expect(error.code).toBe('TRANSACTION_NESTED');
          await changeAll(tx, 'a');
        });
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );
  });
}
