import { createHash } from 'node:crypto';
import { type ContentHash, Invalid } from '@markitect/domain';

/** A Markdown text with what identifies it. */
export interface MarkdownText {
  readonly content: string;
  readonly hash: ContentHash;
  readonly bytes: number;
}

/** The hash by which contents are told apart: SHA-256 of the bytes. */
export function hashBytes(bytes: Uint8Array): ContentHash {
  return createHash('sha256').update(bytes).digest('hex') as ContentHash;
}

/**
 * Reads bytes as a Markdown text; a byte order mark is dropped. Throws Invalid `FILE_NOT_UTF8` with the offset of
 * the first bad byte, `FILE_BINARY`.
 */
export function decodeMarkdown(bytes: Uint8Array, hash = hashBytes(bytes)): MarkdownText {
  if (bytes.includes(0)) {
    throw new Invalid('FILE_BINARY', 'the file contains NUL characters: it is not text', {
      details: { field: 'content' },
    });
  }
  try {
    return { content: utf8.decode(bytes), hash, bytes: bytes.byteLength };
  } catch (cause) {
    const offset = firstBadByte(bytes);
    throw new Invalid(
      'FILE_NOT_UTF8',
      `the text is not valid UTF-8: the first bad byte is at offset ${offset}`,
      {
        details: { field: 'content', offset },
        cause,
      },
    );
  }
}

/** The same for a text that came as one. Throws Invalid `FILE_NOT_UTF8`, `FILE_BINARY`. */
export function encodeMarkdown(content: string): MarkdownText {
  if (!content.isWellFormed()) {
    throw new Invalid(
      'FILE_NOT_UTF8',
      'the text contains half of a surrogate pair and cannot be stored as UTF-8',
      {
        details: { field: 'content' },
      },
    );
  }
  return decodeMarkdown(new TextEncoder().encode(content));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Only run for texts already known to be bad: halves the range, then steps back to where that character begins. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.byteLength + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (completeCharacters(bytes.subarray(0, middle)) !== undefined) good = middle;
    else bad = middle;
  }
  return completeCharacters(bytes.subarray(0, good)) ?? 0;
}

/** The length in bytes of the complete characters at the start; `undefined` when something else is in between. */
function completeCharacters(bytes: Uint8Array): number | undefined {
  try {
    // As a stream: an incomplete character at the end may yet be completed.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return Buffer.byteLength(text);
  } catch {
    return undefined;
  }
}
