import { describe, expect, it } from '@jest/globals';
import type { MarkdownNode } from '@markitect/domain';
import { parseTree } from './parse-markdown.js';
import { selectNodes } from './select-nodes.js';

const tree = JSON.parse(
  JSON.stringify(parseTree('# A\n\n## B *c*\n\n## D\n\n```rust\nx\n```\n\n- [e](f) ![g](h)\n')),
) as MarkdownNode;
const select = (selector: string, limit = 100) => selectNodes(tree, selector, limit);

describe('a selector', () => {
  it.each([
    ['heading[depth=2]', ['B c', 'D']],
    ['heading[depth="2"]', ['B c', 'D']],
    ['heading[depth = 2 i]:has(emphasis)', ['B c']],
    ['heading:not([depth=1])', ['B c', 'D']],
    ['link[url="[depth=2]"]', []],
    ['heading', ['A', 'B c', 'D']],
    ['code[lang=rust]', ['x']],
    ['list > listItem link', ['e']],
    ['link[url^="f"], image', ['e', 'g']],
    ['table', []],
  ])('%s finds its nodes in reading order', (selector, texts) => {
    expect(select(selector).map(({ text }) => text)).toEqual(texts);
  });

  it('gives the nodes with their positions', () => {
    expect(select('emphasis')[0]?.node).toMatchObject({
      type: 'emphasis',
      position: { start: { line: 3, column: 6 } },
    });
  });

  it('gives no more nodes than asked for', () => {
    expect(select('heading', 2).map(({ text }) => text)).toEqual(['A', 'B c']);
  });

  it.each([
    ['heading[', '"heading[" is not a selector: expected attribute name'],
    ['', '"" is not a selector: expected rule but end of input reached'],
    ['a:nope', '"a:nope" is not a selector: unknown pseudo-class: "nope"'],
    ['>', '">" is not a selector: '],
  ])('%j is refused in plain words', (selector, message) => {
    expect(() => select(selector)).toThrow(
      expect.objectContaining({ code: 'SELECTOR_INVALID', message: expect.stringContaining(message) }),
    );
  });
});
