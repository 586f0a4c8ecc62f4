import { describe, expect, it } from '@jest/globals';
import { parseMarkdown } from './parse-markdown.js';

describe('a parsed text', () => {
  it('has headings with their lines and the slugs GitHub gives them', () => {
    const { headings } = parseMarkdown(
      '---\na: 1\n---\n# One *two* `three`\n\nSetext <b>bold</b>\n---\n\n> ## One two three\n\n- # Ünï & cödé!\n\n######\n',
    );
    expect(headings).toEqual([
      { depth: 1, text: 'One two three', slug: 'one-two-three', line: 4 },
      { depth: 2, text: 'Setext bold', slug: 'setext-bold', line: 6 },
      { depth: 2, text: 'One two three', slug: 'one-two-three-1', line: 9 },
      { depth: 1, text: 'Ünï & cödé!', slug: 'ünï--cödé', line: 11 },
      { depth: 6, text: '', slug: '', line: 13 },
    ]);
  });

  it('has links, images and references to definitions in reading order', () => {
    const { links } = parseMarkdown(
      [
        '[a *b*](x.md#y "title") and ![pic](p.png)',
        '<https://auto.example> www.literal.example me@mail.example',
        '[ref][One] [one] [One][] ![alt][one]',
        '[![badge](b.svg)](target.md)',
        '# In a [heading](h.md)',
        '| [cell](c.md) |',
        '|-|',
        '',
        '[missing][nowhere] `[code](no.md)` [^note]',
        '',
        '[one]: first.md',
        '[ONE]: second.md',
        '[unused]: unused.md',
        '[^note]: see [there](note.md)',
      ].join('\n'),
    );
    expect(links).toEqual([
      { href: 'x.md#y', text: 'a b', line: 1 },
      { href: 'p.png', text: 'pic', line: 1 },
      { href: 'https://auto.example', text: 'https://auto.example', line: 2 },
      { href: 'http://www.literal.example', text: 'www.literal.example', line: 2 },
      { href: 'mailto:me@mail.example', text: 'me@mail.example', line: 2 },
      { href: 'first.md', text: 'ref', line: 3 },
      { href: 'first.md', text: 'one', line: 3 },
      { href: 'first.md', text: 'One', line: 3 },
      { href: 'first.md', text: 'alt', line: 3 },
      { href: 'target.md', text: 'badge', line: 4 },
      { href: 'b.svg', text: 'badge', line: 4 },
      { href: 'h.md', text: 'heading', line: 5 },
      { href: 'c.md', text: 'cell', line: 6 },
      { href: 'note.md', text: 'there', line: 14 },
    ]);
  });

  it('gives a link found only after decoding the line of what contains it', () => {
    expect(parseMarkdown('one\n\ntwo me&commat;mail.example').links).toEqual([
      { href: 'mailto:me@mail.example', text: 'me@mail.example', line: 3 },
    ]);
  });

  it('has the anchors written in HTML, each once', () => {
    const { anchors } = parseMarkdown(
      '<a NAME="top"></a>\n\n<div id="box">\n\nx <span id=box>y</span> `<p id="no">`',
    );
    expect(anchors).toEqual(['top', 'box']);
  });

  it('has its words, block by block, without markup and front matter', () => {
    const { text } = parseMarkdown(
      [
        '---\nsecret: yes\n---',
        '# Head *ing*',
        'A [link](u "no"), ![an image](i),  \nbr`eak` <b>bo</b>ld',
        '- item\n  - [x] nested',
        '> quote',
        '```rust\nfn main() {}\n\nlet x;\n```',
        '| a | b |\n|---|---|\n| c | d |',
        '<!-- no -->\n<p>html <i>block</i></p>',
        'note[^1] ~~gone~~ &amp; \\*',
        '[^1]: the note',
        '[def]: nothing',
        '***',
      ].join('\n\n'),
    );
    expect(text.split('\n')).toEqual([
      'Head ing',
      'A link, an image, break bold',
      'item',
      'nested',
      'quote',
      'fn main() {}',
      '',
      'let x;',
      'a b',
      'c d',
      'html block',
      'note gone & *',
      'the note',
    ]);
  });

  it('reads front matter only at the very start and only when it is closed', () => {
    expect(parseMarkdown('---\na: 1\n---\n').frontMatter).toEqual({ a: 1 });
    expect(parseMarkdown('---\r\na: 1\r\n---\r\nx').frontMatter).toEqual({ a: 1 });
    expect(parseMarkdown('\n---\na: 1\n---\n').frontMatter).toEqual({});
    expect(parseMarkdown('---\n\na: 1\n').frontMatter).toEqual({});
    expect(parseMarkdown('---\n\na: 1\n').text).toBe('a: 1');
  });

  it('leaves the JSX of an .mdx file as HTML or text', () => {
    const { text, headings, anchors } = parseMarkdown(
      'import { Tabs } from "./tabs"\nexport const a = { b: <i/> }\n\n# Title\n\n<Tabs id="t" items={[1,2]}>\n\nInside {a.b}\n\n</Tabs>\n\n<Foo.Bar />\n',
    );
    expect(headings).toHaveLength(1);
    expect(anchors).toEqual(['t']);
    expect(text).toContain('Inside {a.b}');
    expect(text).toContain('import { Tabs } from "./tabs"');
  });

  it.each(['', '\u{feff}', '\u0000', '\ud800', '\r', '[', '<', '---', '&#0;', '\u2028'])(
    'accepts %j',
    (content) => {
      expect(parseMarkdown(content).headings).toEqual([]);
    },
  );

  it('is the same each time', () => {
    const content = '# A\n\nb [c](d) <e@f.gh>\n\n| x |\n|-|\n';
    expect(parseMarkdown(content)).toEqual(parseMarkdown(content));
  });

  it.each([
    ['blockquotes', '> '.repeat(300)],
    ['lists', '* + '.repeat(150) + 'x'],
    ['emphasis', '*a **b '.repeat(150) + 'c** d*'.repeat(150)],
    ['blockquotes with what makes the transforms run', `${'>'.repeat(3000)} a@b.co`],
  ])('refuses endless nesting: %s', (_name, content) => {
    expect(() => parseMarkdown(content)).toThrow(
      expect.objectContaining({ code: 'MARKDOWN_TOO_COMPLEX', details: { limit: 'depth' } }),
    );
  });

  it.each([
    ['brackets', '['.repeat(20_000)],
    ['images', '!['.repeat(5000)],
    ['stars and underscores', '*a_'.repeat(500)],
    ['backticks', Array.from({ length: 200 }, (_, length) => '`'.repeat(length)).join(' ')],
    ['angle brackets', '<a '.repeat(5000)],
    ['link openings', '[a](<b'.repeat(2000)],
  ])('takes heaps of %s as text', (_name, content) => {
    expect(parseMarkdown(content).links).toEqual([]);
  });
});
