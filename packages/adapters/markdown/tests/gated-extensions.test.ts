import { describe, expect, it } from '@jest/globals';
import { tests as examples } from 'commonmark-spec';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { gatedExtensions } from '../src/gated-extensions.js';
import { gfmCases } from './gfm-cases.js';

const complete = {
  extensions: [gfm(), frontmatter()],
  mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown()],
};

/** What parsing gives: the tree as text, so that comparing thousands is quick; or what it throws. */
function outcome(content: string, options: Parameters<typeof fromMarkdown>[1]): string {
  try {
    return JSON.stringify(fromMarkdown(content, options));
  } catch (error) {
    return `throws ${String(error).slice(0, 80)}`;
  }
}

const isSame = (content: string) => outcome(content, gatedExtensions(content)) === outcome(content, complete);
const differing = (contents: readonly string[]) => contents.filter((content) => !isSame(content));

const specification = [...new Set(examples.map(({ markdown }) => markdown.replaceAll('→', '\t')))];

const wrappings: readonly ((content: string) => string)[] = [
  (content) => content.replace(/^/gm, '> '),
  (content) => `- ${content.replaceAll('\n', '\n  ')}`,
  (content) => `> - ${content.replaceAll('\n', '\n>   ')}`,
  (content) => `[^n]: ${content.replaceAll('\n', '\n    ')}`,
  (content) => `- [ ] ${content}`,
  (content) => content.replaceAll('\n', '\r\n'),
  (content) => content.replaceAll('\n', '\r'),
  (content) => `\u{feff}${content}`,
  (content) => `---\na: 1\n---\n${content}`,
  (content) => content.replaceAll(' ', '\t'),
  (content) => content.replace(/\n+$/, ''),
  (content) => `${content}\na@b.co ~x~ http://a.b www.a.b [^1]\n\n[^1]: n\n\n|a|\n|-|\n\n- [x] k\n`,
];

/** What the constructs are made of: their triggers, their neighbours, and what ends them. */
const pieces = [
  ...['a', 'b c', 'www.', 'WwW.', 'x.y', 'http://', 'HTTPS://', 'https:', '/', '.', ':', '@', 'foo@bar.baz'],
  ...[
    'mailto:',
    'xmpp:',
    '&#64;',
    '&commat;',
    '&period;',
    '&sol;',
    '&colon;',
    '&#x3a;',
    '&amp;',
    '\\@',
    '\\.',
  ],
  ...[
    '\\:',
    '\\/',
    '\\',
    '~',
    '~~',
    '~~~',
    '*',
    '**',
    '_',
    '`',
    '``',
    '[',
    ']',
    '(',
    ')',
    '![',
    '[^',
    '[^1]',
  ],
  ...[
    '[^1]:',
    '[1]: /u\n',
    '[x]',
    '[ ]',
    '[\t]',
    '[\n]',
    '[X] ',
    '|',
    '-',
    '--',
    ':-',
    '-:',
    '|-|',
    '| a | b |\n',
  ],
  ...[
    '|---|:-:|\n',
    '\n:-\n',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    '  ',
    '    ',
    '\t',
    ' ',
    '> ',
    '>',
    '- ',
    '* ',
    '1. ',
  ],
  ...[
    '# ',
    '===\n',
    '---\n',
    '<',
    '<a>',
    '<!--',
    '-->',
    '<http://a.b>',
    '\u00a0',
    '\u2028',
    '\u0000',
    '\u{feff}',
  ],
  ...['\u00e9', '\u{1f600}', '+', '1', 'h', 'w', '"', '!', '```\n', 'key: v\n'],
];

describe('parsing with only the extensions a text needs', () => {
  it('gives the tree of the complete parser for every example of CommonMark', () => {
    expect(specification.length).toBeGreaterThan(600);
    expect(differing(specification)).toEqual([]);
  });

  it('gives the tree of the complete parser at the edges of every GFM construct', () => {
    expect(differing(gfmCases)).toEqual([]);
  });

  it.each(wrappings.map((wrap) => [JSON.stringify(wrap('x\ny')), wrap] as const))(
    'gives the tree of the complete parser for all of them inside other constructs: %s',
    (_name, wrap) => {
      expect(differing([...specification, ...gfmCases].map(wrap))).toEqual([]);
    },
  );

  it('gives the tree of the complete parser for texts made of whatever can begin or end a construct', () => {
    const piece = fc.oneof(fc.constantFrom(...pieces), fc.constantFrom(...specification, ...gfmCases));
    const content = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { minLength: 2, maxLength: 30 }),
      fc.array(piece, { minLength: 2, maxLength: 6 }),
    );
    fc.assert(
      fc.property(content, (parts) => isSame(parts.join(''))),
      { numRuns: 1500 },
    );
  });

  it('leaves out what a plain text does not need', () => {
    expect(gatedExtensions('# Title\n\nSome *words*, a [link](x.md) and `code`.\n\n- a list\n')).toEqual({
      extensions: [],
      mdastExtensions: [],
    });
  });
});
