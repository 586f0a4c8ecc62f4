import { describe, expect, it } from '@jest/globals';
import type { EncodedTree, MarkdownParser } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';

/** A parser under test. */
export interface OpenMarkdownParser {
  readonly parser: MarkdownParser;
  close(): Promise<void>;
}

const content = [
  '---', // 1
  'title: A title',
  'count: 3',
  'done: true',
  'tags: [one, two]',
  '---', // 6
  '# Start here', // 7
  '',
  'See [the guide](guide.md#part) and [the site](https://example.org).', // 9
  '',
  '## Next', // 11
  '',
  'More of [it](../more.md).', // 13
  '',
  '## Next', // 15
  '',
  '## Größe', // 17
  '',
  'The end.', // 19
  '',
].join('\n');

/**
 * What every MarkdownParser promises of the part of Markdown that all of them know: `#` headings, inline links,
 * paragraphs of one line, plain front matter, selectors by type and by field. What CommonMark and GFM have beyond
 * that is for a parser's own tests.
 */
export function describeMarkdownParserContract(name: string, open: () => Promise<OpenMarkdownParser>): void {
  const parsed = (body: (parser: MarkdownParser) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.parser);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the MarkdownParser contract`, () => {
    it(
      'reads plain front matter',
      parsed(async (parser) => {
        const { frontMatter } = await parser.parse(content);
        expect(frontMatter).toEqual({ title: 'A title', count: 3, done: true, tags: ['one', 'two'] });
        expect((await parser.parse('# No front matter\n')).frontMatter).toEqual({});
      }),
    );

    it(
      'names the line at which front matter is broken',
      parsed(async (parser) => {
        const error = await markitectFailure(() => parser.parse('---\ntitle: ok\n"broken\n---\n\n# Text\n'));
        expect(error.code).toBe('FRONT_MATTER_INVALID');
        // A reader looks for the fault where it begins or where it is noticed, at the closing fence.
        expect([3, 4]).toContain(error.details['line']);
      }),
    );

    it(
      'gives the headings in reading order, with lines and unique slugs',
      parsed(async (parser) => {
        expect((await parser.parse(content)).headings).toEqual([
          { depth: 1, text: 'Start here', slug: 'start-here', line: 7 },
          { depth: 2, text: 'Next', slug: 'next', line: 11 },
          { depth: 2, text: 'Next', slug: 'next-1', line: 15 },
          { depth: 2, text: 'Größe', slug: 'größe', line: 17 },
        ]);
      }),
    );

    it(
      'keeps slugs unique when a heading is written like a counted one',
      parsed(async (parser) => {
        const { headings } = await parser.parse('# a\n\n# a-1\n\n# a\n\n# a\n');
        expect(new Set(headings.map((heading) => heading.slug)).size).toBe(4);
        expect(headings.map((heading) => heading.slug).slice(0, 2)).toEqual(['a', 'a-1']);
      }),
    );

    it(
      'gives the links as written, in reading order, with lines',
      parsed(async (parser) => {
        expect((await parser.parse(content)).links).toEqual([
          { href: 'guide.md#part', text: 'the guide', line: 9 },
          { href: 'https://example.org', text: 'the site', line: 9 },
          { href: '../more.md', text: 'it', line: 13 },
        ]);
      }),
    );

    it(
      'gives the words without markup and front matter, blocks apart by line ends',
      parsed(async (parser) => {
        const { text } = await parser.parse(content);
        expect(text.split(/\n+/).filter((line) => line !== '')).toEqual([
          'Start here',
          'See the guide and the site.',
          'Next',
          'More of it.',
          'Next',
          'Größe',
          'The end.',
        ]);
      }),
    );

    it.each([
      '',
      '\n',
      ' ',
      'word',
      '#',
      '# ',
      '---',
      '---\n',
      '[',
      '](',
      '\u2028',
      '😀',
      '\ufffd',
      '<',
      '`',
      '*',
    ])('takes %j for a text like any other', (odd) =>
      parsed(async (parser) => {
        const { tree, headings } = await parser.parse(odd);
        expect(await parser.decode(tree)).toMatchObject({ type: 'root' });
        expect(headings.length).toBeLessThanOrEqual(1);
      })(),
    );

    it(
      'gives the same for CRLF line ends',
      parsed(async (parser) => {
        const unix = await parser.parse(content);
        const dos = await parser.parse(content.replaceAll('\n', '\r\n'));
        const facts = ({ frontMatter, headings, links }: typeof unix) => ({ frontMatter, headings, links });
        expect(facts(dos)).toEqual(facts(unix));
      }),
    );

    it(
      'decodes a tree with positions',
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const root = await parser.decode(tree);
        const heading = root.children?.find((node) => node.type === 'heading');
        expect(root.type).toBe('root');
        expect(heading).toMatchObject({ depth: 1, position: { start: { line: 7, column: 1 } } });
      }),
    );

    it(
      'writes a tree as JSON that says the same as its nodes',
      parsed(async (parser) => {
        for (const text of [content, `${content}\n${'More *words* und Größe.\n\n'.repeat(2000)}`]) {
          const { tree } = await parser.parse(text);
          const json = new TextDecoder('utf-8', { fatal: true }).decode(await parser.json(tree));
          expect(JSON.parse(json)).toEqual(await parser.decode(tree));
        }
      }),
    );

    it(
      'reads back a tree that was copied',
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const copy = new Uint8Array(tree) as EncodedTree;
        expect(await parser.decode(copy)).toEqual(await parser.decode(tree));
      }),
    );

    it.each([
      ['nothing', new Uint8Array()],
      ['noise', Uint8Array.from({ length: 100 }, (_, index) => (index * 37) % 256)],
    ])('refuses %s in place of a tree', (_, bytes) =>
      parsed(async (parser) => {
        const tree = bytes as EncodedTree;
        expect((await markitectFailure(() => parser.decode(tree))).code).toBe('AST_CORRUPT');
        expect((await markitectFailure(() => parser.select(tree, 'heading', 1))).code).toBe('AST_CORRUPT');
        expect((await markitectFailure(() => parser.json(tree))).code).toBe('AST_CORRUPT');
      })(),
    );

    it(
      'refuses the first half of a tree',
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const half = tree.slice(0, tree.length / 2) as EncodedTree;
        expect((await markitectFailure(() => parser.decode(half))).code).toBe('AST_CORRUPT');
      }),
    );

    it.each<[string, string[]]>([
      ['heading', ['Start here', 'Next', 'Next', 'Größe']],
      ['heading[depth=1]', ['Start here']],
      ['heading[depth=2]', ['Next', 'Next', 'Größe']],
      ['link', ['the guide', 'the site', 'it']],
      ['table', []],
    ])('selects %p in reading order', (selector, expected) =>
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const found = await parser.select(tree, selector, 100);
        expect(found.map((node) => node.text)).toEqual(expected);
      })(),
    );

    it(
      'gives nodes like those of the decoded tree',
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const [found] = await parser.select(tree, 'heading', 1);
        const root = await parser.decode(tree);
        expect(found?.node).toEqual(root.children?.find((node) => node.type === 'heading'));
      }),
    );

    it(
      'selects at most as many nodes as it is asked for',
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        expect(await parser.select(tree, 'heading', 2)).toHaveLength(2);
        expect((await parser.select(tree, 'heading', 2)).map((node) => node.text)).toEqual([
          'Start here',
          'Next',
        ]);
      }),
    );

    it.each(['', '[', 'heading[', 'heading[depth', '>>', '"'])('refuses the selector %j', (selector) =>
      parsed(async (parser) => {
        const { tree } = await parser.parse(content);
        const error = await markitectFailure(() => parser.select(tree, selector, 10));
        expect(error.code).toBe('SELECTOR_INVALID');
      })(),
    );

    it(
      'keeps texts apart that are parsed at the same time',
      parsed(async (parser) => {
        const texts = Array.from({ length: 32 }, (_, index) => `# Number ${index}\n`);
        const found = await Promise.all(texts.map((text) => parser.parse(text)));
        expect(found.map(({ headings }) => headings[0]?.text)).toEqual(
          texts.map((_, index) => `Number ${index}`),
        );
      }),
    );
  });
}
