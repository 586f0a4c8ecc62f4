import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { Corrupt } from '@markitect/domain';

const unpackers = { gzip: promisify(gunzip), br: promisify(brotliDecompress) };

/** What {@link unpack} can take. */
export const acceptedEncodings = 'gzip, br';

/**
 * The bytes of a body as they were before they were packed; a file that is packed itself (`sitemap.xml.gz`), too. What
 * would become larger than `maxBytes` is given up on the way. Throws Corrupt `HTTP_RESPONSE_TOO_LARGE`,
 * `HTTP_RESPONSE_INVALID`.
 */
export async function unpack(bytes: Uint8Array, encoding: string, maxBytes: number): Promise<Uint8Array> {
  const name = encoding.trim().toLowerCase().replace(/^x-/, '');
  const body = name === '' || name === 'identity' ? bytes : await unpackAs(name, bytes, maxBytes);
  return body[0] === 0x1f && body[1] === 0x8b ? unpackAs('gzip', body, maxBytes) : body;
}

async function unpackAs(name: string, bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  if (name !== 'gzip' && name !== 'br') {
    throw new Corrupt('HTTP_RESPONSE_INVALID', 'the page is packed in a way that was not asked for');
  }
  // Servers say so for an empty body, too.
  if (bytes.length === 0) return bytes;
  try {
    return await unpackers[name](bytes, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Corrupt(
        'HTTP_RESPONSE_TOO_LARGE',
        `the page has more than ${maxOutputLength} bytes unpacked`,
      );
    }
    throw new Corrupt('HTTP_RESPONSE_INVALID', 'the page cannot be unpacked');
  }
}
