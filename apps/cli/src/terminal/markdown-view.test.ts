import { describe, expect, it } from '@jest/globals';
import type { MarkdownNode } from '@markitect/domain';
import pc from 'picocolors';
import { viewMarkdown } from './markdown-view.js';

const text = (value: string): MarkdownNode => ({ type: 'text', value });
const node = (type: string, children: readonly MarkdownNode[], fields: object = {}): MarkdownNode => ({
  type,
  children,
  ...fields,
});
const paragraph = (...children: readonly MarkdownNode[]) => node('paragraph', children);
const view = (children: readonly MarkdownNode[], width = 40) =>
  viewMarkdown(node('root', children), pc.createColors(false), width).join('\n');

describe('viewMarkdown', () => {
  it('numbers ordered lists from their start and indents what is in them', () => {
    const item = (...children: readonly MarkdownNode[]) => node('listItem', children, { spread: false });
    const nested = node('list', [item(paragraph(text('deep')))], { ordered: false });
    expect(
      view([
        node('list', [item(paragraph(text('nine')), nested), item(paragraph(text('ten')))], {
          ordered: true,
          start: 9,
        }),
      ]),
    ).toBe(' 9. nine\n    • deep\n10. ten');
  });

  it('sets loose items apart', () => {
    const item = (value: string) => node('listItem', [paragraph(text(value))], { spread: true });
    expect(view([node('list', [item('one'), item('two')], { ordered: false, spread: true })])).toBe(
      '• one\n\n• two',
    );
  });

  it('resolves references and shows addresses that the text does not', () => {
    const link = (url: string, value: string) => node('link', [text(value)], { url });
    expect(
      view(
        [
          paragraph(
            node('linkReference', [text('there')], { identifier: 'a' }),
            text(' '),
            link('https://x.y', 'https://x.y'),
            text(' '),
            link('#part', 'below'),
            text(' '),
            { type: 'imageReference', identifier: 'a', alt: 'picture' },
          ),
          { type: 'definition', identifier: 'a', url: 'https://a.b' },
        ],
        100,
      ),
    ).toBe('there (https://a.b) https://x.y below [image: picture] (https://a.b)');
  });

  it('shows footnotes, quotes, rules and breaks', () => {
    expect(
      view(
        [
          paragraph(
            text('see'),
            { type: 'footnoteReference', identifier: '1', label: '1' },
            { type: 'break' },
            text('end'),
          ),
          node('blockquote', [paragraph(text('said')), paragraph(text('more'))]),
          { type: 'thematicBreak' },
          node('footnoteDefinition', [paragraph(text('a note'))], { label: '1', identifier: '1' }),
        ],
        10,
      ),
    ).toBe('see[1]\nend\n\n│ said\n│\n│ more\n\n──────────\n\n[1] a note');
  });

  it('leaves out comments, tags and front matter, and keeps other HTML', () => {
    const html = (value: string): MarkdownNode => ({ type: 'html', value });
    expect(
      view([
        { type: 'yaml', value: 'title: x' },
        html('<!-- hidden -->'),
        paragraph(html('<a id="x">'), html('</a>')),
        paragraph(text('one'), html('<br>'), text('two')),
        html('<p>three</p>'),
      ]),
    ).toBe('one\ntwo\n\n<p>three</p>');
  });

  it('wraps the cells of a table that is too wide', () => {
    const row = (...cells: readonly string[]) =>
      node(
        'tableRow',
        cells.map((cell) => node('tableCell', [text(cell)])),
      );
    const shown = view(
      [node('table', [row('A', 'B'), row('some longer words', 'x')], { align: [null, 'right'] })],
      20,
    );
    expect(shown.split('\n')).toEqual([
      '┌──────────────┬───┐',
      '│ A            │ B │',
      '├──────────────┼───┤',
      '│ some longer  │ x │',
      '│ words        │   │',
      '└──────────────┴───┘',
    ]);
  });

  it('does not wrap code', () => {
    const code: MarkdownNode = {
      type: 'code',
      lang: 'sh',
      value: 'a long line of code that goes on\n\n\tend',
    };
    expect(view([code], 16)).toBe('    ── sh\n    a long line of code that goes on\n\n        end');
  });
});
