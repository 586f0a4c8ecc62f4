import { describe, expect, it } from '@jest/globals';
import type { EncodedTree } from '@markitect/ports';
import { tests as examples } from 'commonmark-spec';
import { decodeTree, encodeTree } from './encoded-tree.js';
import { parseTree } from './parse-markdown.js';

const asEncoded = (bytes: Uint8Array) => bytes as EncodedTree;

describe('an encoded tree', () => {
  it('is read back exactly, positions included, for every example of CommonMark', async () => {
    expect(examples.length).toBeGreaterThan(600);
    for (const { markdown } of examples) {
      const tree = parseTree(markdown);
      expect(await decodeTree(encodeTree(tree))).toEqual(tree);
    }
  });

  it('keeps nodes without a position, lists of cells, nulls and odd characters', async () => {
    const tree = parseTree(
      '\u{feff}a&commat;b.co 😀 \u2028\r\n\r\n| a |\n|:-|\n\n- [ ] x\n\n```\n\ud800\n```\n<b>\n',
    );
    const read = await decodeTree(encodeTree(tree));
    expect(read).toEqual(tree);
    expect(JSON.stringify(read)).toContain('"align":["left"]');
  });

  it('is much smaller than its JSON', () => {
    const tree = parseTree('# A\n\nSome *words* and `code`.\n\n'.repeat(50));
    expect(encodeTree(tree).byteLength).toBeLessThan(JSON.stringify(tree).length / 10);
  });

  it('is refused when it is damaged in any byte, cut, empty or of another format', async () => {
    const bytes = encodeTree(parseTree('# A\n\nb'));
    const damaged: Uint8Array[] = [
      new Uint8Array(),
      bytes.slice(0, 1),
      bytes.slice(0, -1),
      new Uint8Array([2, 3]),
    ];
    for (let at = 0; at < bytes.length; at += 1) {
      // Nothing is said by the time stamp and system bytes of the gzip header.
      if (at >= 5 && at <= 10) continue;
      const copy = bytes.slice();
      copy[at] = (copy[at] ?? 0) ^ 0x20;
      damaged.push(copy);
    }
    for (const copy of damaged) {
      await expect(decodeTree(asEncoded(copy))).rejects.toMatchObject({ code: 'AST_CORRUPT' });
    }
  });
});
