import { crc32 } from 'node:zlib';
import type { TierEntry } from '@markitect/ports';

interface FileHeader {
  readonly key: string;
  readonly version: number;
  readonly expiresAt: number | null;
  readonly isText: boolean;
  readonly bytes: number;
}

/** A line with the checksum of all that follows, a line of JSON, the body. */
export function encodedFile(key: string, { version, expiresAt, body }: TierEntry): Buffer {
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const header: FileHeader = {
    key,
    version,
    expiresAt: Number.isFinite(expiresAt) ? expiresAt : null,
    isText: typeof body === 'string',
    bytes: content.length,
  };
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), content]);
  return Buffer.concat([Buffer.from(`${crc32(rest).toString(16).padStart(8, '0')}\n`), rest]);
}

/** `undefined`: damaged. */
export function decodedFile(file: Buffer): { key: string; entry: TierEntry } | undefined {
  const rest = file.subarray(9);
  if (file.toString('latin1', 0, 8) !== crc32(rest).toString(16).padStart(8, '0')) return undefined;
  const end = rest.indexOf(10);
  const header = JSON.parse(rest.toString('utf8', 0, end)) as FileHeader;
  const content = rest.subarray(end + 1);
  const entry: TierEntry = {
    version: header.version,
    expiresAt: header.expiresAt ?? Number.POSITIVE_INFINITY,
    body: header.isText ? content.toString() : new Uint8Array(content),
  };
  return { key: header.key, entry };
}
