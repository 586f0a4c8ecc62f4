import type { ArchiveEntry, Archiver } from '@markitect/ports';

/** An archiver for tests. Its archives are JSON, which {@link FakeArchiver.unpack} reads. */
export class FakeArchiver implements Archiver {
  async pack(entries: AsyncIterable<ArchiveEntry>): Promise<Uint8Array> {
    const packed: [string, string, string][] = [];
    for await (const { path, content, modifiedAt } of entries) {
      packed.push([path, Buffer.from(content).toString('base64'), modifiedAt]);
    }
    return new TextEncoder().encode(JSON.stringify(packed));
  }

  /** The entries of an archive that this class has made. */
  static unpack(archive: Uint8Array): ArchiveEntry[] {
    const packed = JSON.parse(new TextDecoder().decode(archive)) as [string, string, string][];
    return packed.map(([path, content, modifiedAt]) => ({
      path,
      content: new Uint8Array(Buffer.from(content, 'base64')),
      modifiedAt,
    }));
  }
}
