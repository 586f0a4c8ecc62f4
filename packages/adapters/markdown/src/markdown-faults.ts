import { Invalid } from '@markitect/domain';

/** The deepest tree that is kept. People nest lists ten levels deep; programs that walk trees recurse. */
export const MAX_TREE_DEPTH = 250;

/** The error for a text whose structure cannot be worked out within bounds. `limit` says which. */
export function tooComplex(limit: 'depth' | 'memory' | 'time', reason: string): Invalid {
  return new Invalid('MARKDOWN_TOO_COMPLEX', `the Markdown is too complex to parse: ${reason}`, {
    details: { limit },
  });
}

/** Whether the engine ran out of stack: what deeply nested input does to code that recurses. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack');
}

/** The error for front matter that cannot be used; `line` is counted in the document, from 1. */
export function frontMatterInvalid(line: number, reason: string): Invalid {
  return new Invalid('FRONT_MATTER_INVALID', `front matter, line ${line}: ${reason}`, {
    details: { line, reason },
  });
}
