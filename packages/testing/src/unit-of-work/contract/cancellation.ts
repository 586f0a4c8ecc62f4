import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import {
  changeAll,
  draft,
  exactly,
  latch,
  type OpenUnitOfWork,
  seen,
  turns,
  unitOfWorkTests,
} from './contract-section.js';

/** Signals and deadlines. */
export function describeCancellation(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);

  describe('a signal or a deadline', () => {
    it(
      'that has come already keeps the work from beginning',
      test(async (opened) => {
        const { unitOfWork } = opened;
        let began = false;
        const work = () => Promise.resolve(void (began = true));
        for (const options of [{ signal: AbortSignal.abort() }, { deadlineMs: 0 }]) {
          expect((await markitectFailure(() => unitOfWork.run(work, options))).code).toBe(
            'DEADLINE_EXCEEDED',
          );
          expect((await markitectFailure(() => unitOfWork.begin(options))).code).toBe('DEADLINE_EXCEEDED');
          await unitOfWork.run(async () => {
            const error = await markitectFailure(() => unitOfWork.run(work, options));
            expect(error.code).toBe('DEADLINE_EXCEEDED');
          });
        }
        expect(began).toBe(false);
      }),
    );

    it.each(['signal', 'deadline'])('takes the work out of the queue while it waits: %s', (which) =>
      test(async (opened) => {
        const { unitOfWork } = opened;
        const entered = latch();
        const done = latch();
        const holder = unitOfWork.run(async (tx) => {
          entered.open();
          await done.opened;
          await changeAll(tx, 'holder');
        });
        await entered.opened;
        const controller = new AbortController();
        let began = false;
        const waiting = markitectFailure(() =>
          unitOfWork.run(
            () => Promise.resolve(void (began = true)),
            which === 'signal' ? { signal: controller.signal } : { deadlineMs: 20 },
          ),
        );
        const behind = unitOfWork.run((tx) => changeAll(tx, 'behind'));
        await turns();
        controller.abort();
        // While the holder still holds: nobody has to wait for the writer to learn that it waits no longer.
        expect(['DEADLINE_EXCEEDED', 'WRITE_TIMEOUT']).toContain((await waiting).code);
        done.open();
        await Promise.all([holder, behind]);
        expect(began).toBe(false);
        expect(await seen(opened)).toEqual(exactly('behind', 'holder'));
      })(),
    );

    it(
      'undoes running work at its next operation, even if the work swallows the error',
      test(async (opened) => {
        const controller = new AbortController();
        let inside: string | undefined;
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(
            async (tx) => {
              await changeAll(tx, 'a');
              controller.abort();
              inside = (await markitectFailure(() => tx.documents.save(draft('b')))).code;
            },
            { signal: controller.signal },
          ),
        );
        expect([inside, error.code]).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'undoes running work that has no further operation',
      test(async (opened) => {
        const controller = new AbortController();
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(
            async (tx) => {
              await changeAll(tx, 'a');
              controller.abort();
            },
            { signal: controller.signal },
          ),
        );
        expect(error.code).toBe('DEADLINE_EXCEEDED');
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'undoes the whole, also when it comes in a nested part that is caught',
      test(async (opened) => {
        const controller = new AbortController();
        const error = await markitectFailure(() =>
          opened.unitOfWork.run(
            async (tx) => {
              await changeAll(tx, 'a');
              await tx
                .nested(async (inner) => {
                  controller.abort();
                  await changeAll(inner, 'b');
                })
                .catch(() => undefined);
            },
            { signal: controller.signal },
          ),
        );
        expect(error.code).toBe('DEADLINE_EXCEEDED');
        expect(await seen(opened)).toEqual(exactly());
      }),
    );

    it(
      'frees the writer from work that never ends, when it is a deadline',
      test(async (opened) => {
        const { unitOfWork } = opened;
        const wake = latch();
        let late: Promise<unknown> = Promise.resolve();
        const error = await markitectFailure(() =>
          unitOfWork.run(
            (tx) => {
              late = changeAll(tx, 'a')
                .catch(() => undefined)
                .then(() => wake.opened)
                .then(() => tx.documents.save(draft('late')));
              return new Promise<void>(() => undefined);
            },
            { deadlineMs: 100 },
          ),
        );
        expect(error.code).toBe('DEADLINE_EXCEEDED');
        await unitOfWork.run((tx) => changeAll(tx, 'next'));
        wake.open();
        const { code } = await markitectFailure(() => late);
        expect(['DEADLINE_EXCEEDED', 'TRANSACTION_FINISHED']).toContain(code);
        expect(await seen(opened)).toEqual(exactly('next'));
      }),
    );

    it(
      'rolls back a transaction that its holder forgets to end, when it is a deadline',
      test(async (opened) => {
        const tx = await opened.unitOfWork.begin({ deadlineMs: 100 });
        await changeAll(tx, 'a').catch(() => undefined);
        await opened.unitOfWork.run((next) => changeAll(next, 'next'));
        const { code } = await markitectFailure(() => tx.commit());
        expect(['DEADLINE_EXCEEDED', 'TRANSACTION_FINISHED']).toContain(code);
        expect(await seen(opened)).toEqual(exactly('next'));
      }),
    );

    it(
      'comes too late once the work is committed',
      test(async (opened) => {
        const controller = new AbortController();
        await opened.unitOfWork.run(
          async (tx) => {
            await changeAll(tx, 'a');
            tx.afterCommit(() => controller.abort());
          },
          { signal: controller.signal, deadlineMs: 60_000 },
        );
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );
  });
}
