import { describe, expect, it } from '@jest/globals';
import { markitectFailure } from '../../markitect-failure.js';
import {
  bytes,
  changeAll,
  draft,
  exactly,
  type OpenedUnitOfWork,
  type OpenUnitOfWork,
  seen,
  text,
  unitOfWorkTests,
} from './contract-section.js';

/** The files of a unit of work, and what happens after its commit. */
export function describeFilesAndEffects(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);

  const contents = async (opened: OpenedUnitOfWork, root = 'files') => {
    const found: Record<string, string | undefined> = {};
    for await (const { path } of opened.files(root).list()) {
      found[path] = text((await opened.files(root).read(path)).bytes);
    }
    return found;
  };

  describe('files', () => {
    it(
      'are written, copied, moved and removed',
      test(async (opened) => {
        const { unitOfWork } = opened;
        await unitOfWork.run(async (tx) => {
          for (const name of ['keep', 'old', 'gone']) await tx.files('files').write(name, bytes(name));
        });
        await unitOfWork.run(async (tx) => {
          const files = tx.files('files');
          await files.write('deep/down/new', bytes('new'));
          await files.copy('keep', 'deep/copy');
          await files.move('old', 'moved');
          expect(await files.remove('gone')).toBe(true);
          expect(await files.remove('gone')).toBe(false);
          expect(await files.remove('never')).toBe(false);
          expect(await files.read('gone')).toBeUndefined();
          expect(await files.read('old')).toBeUndefined();
          expect(text(await files.read('moved'))).toBe('old');
        });
        expect(await contents(opened)).toEqual({
          'deep/copy': 'keep',
          'deep/down/new': 'new',
          keep: 'keep',
          moved: 'old',
        });
      }),
    );

    it(
      'are at the end what the last of several changes says',
      test(async (opened) => {
        await opened.files('files').write('swap-1', bytes('one'));
        await opened.files('files').write('swap-2', bytes('two'));
        await opened.unitOfWork.run(async (tx) => {
          const files = tx.files('files');
          await files.write('a', bytes('first'));
          await files.write('a', bytes('second'));
          await files.write('b', bytes('x'));
          await files.remove('b');
          await files.write('c', bytes('x'));
          await files.remove('c');
          await files.write('c', bytes('again'));
          await files.move('swap-1', 'tmp');
          await files.move('swap-2', 'swap-1');
          await files.move('tmp', 'swap-2');
        });
        expect(await contents(opened)).toEqual({ a: 'second', c: 'again', 'swap-1': 'two', 'swap-2': 'one' });
      }),
    );

    it(
      'keep the content they were given, whatever becomes of the buffer',
      test(async (opened) => {
        const content = bytes('given');
        await opened.unitOfWork.run(async (tx) => {
          await tx.files('files').write('a', content);
          content.fill(0);
          (await tx.files('files').read('a'))?.fill(0);
        });
        expect(await contents(opened)).toEqual({ a: 'given' });
      }),
    );

    it(
      'can be empty, and hold any bytes',
      test(async (opened) => {
        const all = Uint8Array.from({ length: 256 }, (_, index) => index);
        await opened.unitOfWork.run(async (tx) => {
          await tx.files('files').write('empty', new Uint8Array());
          await tx.files('files').write('all', all);
          expect(await tx.files('files').read('empty')).toHaveLength(0);
        });
        expect((await opened.files('files').read('empty')).bytes).toHaveLength(0);
        expect([...(await opened.files('files').read('all')).bytes]).toEqual([...all]);
      }),
    );

    it(
      'of different roots have nothing to do with each other',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          await tx.files('files').write('a', bytes('file'));
          await tx.files('others').write('a', bytes('other'));
          await tx.files('others').write('b', bytes('other'));
          expect(text(await tx.files('files').read('a'))).toBe('file');
          expect(await tx.files('files').read('b')).toBeUndefined();
        });
        expect(await contents(opened)).toEqual({ a: 'file' });
        expect(await contents(opened, 'others')).toEqual({ a: 'other', b: 'other' });
      }),
    );

    it(
      'that are not there cannot be copied or moved',
      test(async (opened) => {
        await opened.unitOfWork.run(async (tx) => {
          const files = tx.files('files');
          expect((await markitectFailure(() => files.copy('none', 'a'))).code).toBe('FILE_NOT_FOUND');
          expect((await markitectFailure(() => files.move('none', 'a'))).code).toBe('FILE_NOT_FOUND');
          expect(await files.read('a')).toBeUndefined();
        });
        expect(await contents(opened)).toEqual({});
      }),
    );

    it.each(['../out', 'a/../../out', '/absolute', 'a\\b', 'nul\0', '', 'a//b', './a'])(
      'do not leave their root: %j',
      (path) =>
        test(async (opened) => {
          await opened.unitOfWork.run(async (tx) => {
            const files = tx.files('files');
            const uses = [
              () => files.read(path),
              () => files.write(path, bytes('x')),
              () => files.remove(path),
              () => files.copy(path, 'b'),
              () => files.move(path, 'b'),
            ];
            for (const use of uses) expect((await markitectFailure(use)).code).toBe('FILE_PATH_INVALID');
            await files.write('c', bytes('x'));
            expect((await markitectFailure(() => files.copy('c', path))).code).toBe('FILE_PATH_INVALID');
            expect((await markitectFailure(() => files.move('c', path))).code).toBe('FILE_PATH_INVALID');
          });
          expect(await contents(opened)).toEqual({ c: 'x' });
        })(),
    );

    it.each(['nowhere', '', '__proto__', 'constructor', '..', 'files/'])('have no root %j', (root) =>
      test(async ({ unitOfWork }) => {
        const error = await markitectFailure(() =>
          unitOfWork.run(async (tx) => Promise.resolve(tx.files(root))),
        );
        expect(error.code).toBe('FILE_ROOT_UNKNOWN');
      })(),
    );
  });

  describe('after the commit', () => {
    it(
      'effects run in the order of registration, one after the other, and find everything done',
      test(async (opened) => {
        const ran: unknown[] = [];
        await opened.unitOfWork.run(async (tx) => {
          tx.afterCommit(async () => {
            await new Promise((resolve) => setImmediate(resolve));
            ran.push(await seen(opened));
          });
          tx.afterCommit(() => void ran.push('second'));
          await changeAll(tx, 'a');
          tx.afterCommit(() => void ran.push('third'));
          expect(ran).toEqual([]);
        });
        expect(ran).toEqual([exactly('a'), 'second', 'third']);
      }),
    );

    it(
      'an effect that fails changes nothing, also not for the next',
      test(async (opened) => {
        let ran = false;
        const answer = await opened.unitOfWork.run(async (tx) => {
          await changeAll(tx, 'a');
          tx.afterCommit(() => {
            throw new Error('at once');
          });
          tx.afterCommit(() => Promise.reject(new Error('later')));
          tx.afterCommit(() => void (ran = true));
          return 'committed';
        });
        expect([answer, ran]).toEqual(['committed', true]);
        expect(await seen(opened)).toEqual(exactly('a'));
      }),
    );

    it(
      'no effect of work that was undone runs',
      test(async (opened) => {
        let ran = false;
        await opened.unitOfWork
          .run(async (tx) => {
            tx.afterCommit(() => void (ran = true));
            await changeAll(tx, 'a');
            throw new Error('undone');
          })
          .catch(() => undefined);
        await opened.unitOfWork.run((tx) => changeAll(tx, 'b'));
        expect(ran).toBe(false);
      }),
    );

    it(
      'messages are delivered in the order of commits and of sending',
      test(async (opened) => {
        const send = (...payloads: string[]) =>
          opened.unitOfWork.run(async (tx) => {
            for (const payload of payloads) await tx.outbox.send('told', payload);
          });
        await send('1', '2');
        await opened.unitOfWork
          .run(async (tx) => {
            await tx.outbox.send('told', 'never');
            throw new Error('undone');
          })
          .catch(() => undefined);
        await opened.unitOfWork.run(async (tx) => {
          await tx.outbox.send('told', '3');
          await tx.nested((inner) => inner.outbox.send('other', { deep: ['4', null, 1.5, true] }));
          await tx.outbox.send('told', '5');
          expect(await opened.deliveredMessages()).toHaveLength(2);
        });
        expect(await opened.deliveredMessages()).toEqual([
          { topic: 'told', payload: '1' },
          { topic: 'told', payload: '2' },
          { topic: 'told', payload: '3' },
          { topic: 'other', payload: { deep: ['4', null, 1.5, true] } },
          { topic: 'told', payload: '5' },
        ]);
      }),
    );

    it(
      'nothing but rows is as good a unit of work as any',
      test(async (opened) => {
        await opened.unitOfWork.run((tx) => tx.documents.save(draft('a')));
        await opened.unitOfWork.run((tx) => tx.cache.invalidate(['key']));
        await opened.unitOfWork.run((tx) => tx.files('files').write('f.txt', bytes('f')));
        expect(await seen(opened)).toEqual({
          rows: ['a'],
          files: ['f'],
          keys: ['key'],
          tags: [],
          messages: [],
        });
      }),
    );
  });
}
