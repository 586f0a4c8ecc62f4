import { describe, expect, it } from '@jest/globals';
import type { ArchiveEntry, Archiver } from '@markitect/ports';

/** An archiver under test, and something that reads its archives: where there can be, one that others have written. */
export interface OpenedArchiver {
  readonly archiver: Archiver;
  /** The files in an archive, by path. */
  readonly unpack: (archive: Uint8Array) => Promise<Readonly<Record<string, Uint8Array>>>;
}

/** What every Archiver promises. */
export function describeArchiverContract(name: string, open: () => Promise<OpenedArchiver>): void {
  const modifiedAt = '2026-01-02T03:04:05.000Z';
  async function* sequence(entries: readonly ArchiveEntry[]) {
    for (const entry of entries) {
      await Promise.resolve();
      yield entry;
    }
  }
  const entriesOf = (files: Record<string, Uint8Array>) =>
    Object.entries(files).map(([path, content]) => ({ path, content, modifiedAt }));

  describe(`${name} keeps the Archiver contract`, () => {
    it('packs files that come out as they went in', async () => {
      const { archiver, unpack } = await open();
      const files = {
        'manifest.json': Buffer.from('{}'),
        '42/requirements.md': Buffer.from('# What is wanted\n'),
        '42/empty': Buffer.alloc(0),
        '42/attachments/bytes.bin': Buffer.from(Uint8Array.from({ length: 1000 }, (_, index) => index % 256)),
        '42/attachments/Größe 日本 😀.txt': Buffer.from('text'),
        [`42/${'deep/'.repeat(40)}${'long'.repeat(40)}.txt`]: Buffer.from('far down'),
        '42/large': Buffer.alloc(3_000_000, 'large '),
      };
      const found = await unpack(await archiver.pack(sequence(entriesOf(files))));
      expect(Object.keys(found).sort()).toEqual(Object.keys(files).sort());
      for (const [path, content] of Object.entries(files)) {
        expect([path, Buffer.from(found[path] ?? []).equals(content)]).toEqual([path, true]);
      }
    });

    it('makes the same bytes of the same entries', async () => {
      const { archiver } = await open();
      const entries = entriesOf({ a: Buffer.from('one'), b: Buffer.from('two') });
      const [first, second] = [
        await archiver.pack(sequence(entries)),
        await archiver.pack(sequence(entries)),
      ];
      expect(Buffer.from(first).equals(second)).toBe(true);
    });

    it('packs nothing into an archive of nothing', async () => {
      const { archiver, unpack } = await open();
      expect(await unpack(await archiver.pack(sequence([])))).toEqual({});
    });

    it('ends with the error that the sequence ends with', async () => {
      const { archiver } = await open();
      const error = new Error('cannot be read');
      async function* failing() {
        yield* sequence(entriesOf({ a: Buffer.from('one') }));
        throw error;
      }
      await expect(archiver.pack(failing())).rejects.toBe(error);
    });
  });
}
