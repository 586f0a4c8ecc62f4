import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ArchiveEntry, Archiver } from '@markitect/ports';
import { pack, type Pack } from 'tar-stream';

/**
 * Archives as gzip-compressed tar files. Names that the old header has no room for go into `pax` headers. Every file
 * is of user and group 0 with mode 0644 and its time in whole seconds, and the gzip header holds no time: the same
 * entries make the same bytes. Compresses on Node's thread pool.
 */
export class TarArchiver implements Archiver {
  async pack(entries: AsyncIterable<ArchiveEntry>): Promise<Uint8Array> {
    const archive = pack();
    const packed = pipeline(archive, createGzip(), joined);
    // Awaited below; until then a failure must not count as one nobody looks at.
    packed.catch(() => undefined);
    try {
      for await (const entry of entries) await add(archive, entry);
      archive.finalize();
    } catch (error) {
      archive.destroy();
      await packed.catch(() => undefined);
      throw error;
    }
    return packed;
  }
}

/** Settles when the content has been taken over: one entry is in memory at a time. */
function add(archive: Pack, { path, content, modifiedAt }: ArchiveEntry): Promise<void> {
  return new Promise((resolve, reject) => {
    const { buffer, byteOffset, byteLength } = content;
    archive.entry(
      { name: path, mode: 0o644, mtime: new Date(modifiedAt) },
      Buffer.from(buffer, byteOffset, byteLength),
      (error) => {
        if (error == null) resolve();
        else reject(error);
      },
    );
  });
}

async function joined(chunks: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
