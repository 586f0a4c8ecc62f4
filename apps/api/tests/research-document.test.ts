import { afterAll, expect, it } from '@jest/globals';
import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import { researchDocument } from '@markitect/application';
import type { MarkdownNode, SearchResult } from '@markitect/domain';
import fc from 'fast-check';

const parser = new WorkerMarkdownParser({ threads: 1 });
afterAll(() => parser.terminate());

const at = '2026-11-21T08:00:00.000Z';
const location = 'http://site.example/p?q=1&r=<2>';

async function documentOf(question: string, title: string, snippet: string): Promise<string> {
  async function* results(): AsyncGenerator<SearchResult> {
    await Promise.resolve();
    const found = { reference: location, title, snippet, location, score: 1, fingerprint: 'f' };
    yield { ...found, id: 1, searchId: 1, jobId: 1, source: 'web:x', rank: 1, foundAt: at, updatedAt: at };
  }
  const source = { scraper: 'web', target: 'x' };
  const times = { createdAt: at, updatedAt: at, finishedAt: at };
  const search = {
    id: 1,
    question,
    sources: [source],
    status: 'completed',
    maxResults: 1,
    ...times,
  } as const;
  let text = '';
  for await (const part of researchDocument({ search, jobs: [] }, results())) text += part;
  return text;
}

const all = (node: MarkdownNode, type: string): readonly MarkdownNode[] => [
  ...(node.type === type ? [node] : []),
  ...(node.children ?? []).flatMap((child) => all(child, type)),
];
const textOf = (node: MarkdownNode | undefined): string =>
  typeof node?.['value'] === 'string' ? node['value'] : (node?.children ?? []).map(textOf).join('');

// What strangers may have written, in the hope that it is taken for Markdown or HTML.
const piece = fc.constantFrom(
  ...['a', '[x](http://evil.example)', '<b>', '&amp;', '# h', '- x', '1. y', '> q', '***', '__u__', '~~s~~'],
  ...[
    '`c`',
    '|t|',
    '\\',
    '![i](j)',
    '$m$',
    '[^1]',
    '===',
    '+',
    '*',
    '-',
    '<!--',
    '-->',
    '&#35;',
    '---',
    '🙂',
  ],
  ...['www.evil.example', 'a@b.example', 'https://e.example/?a=b_c', 'mailto:x@y.example', '"', "'", '2026.'],
);
const words = (between: string) =>
  fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(between).trim());

it('shows what was found as it is: no part of it is Markdown or HTML', async () => {
  await fc.assert(
    fc.asyncProperty(words(' '), words(''), words(' '), async (title, snippet, question) => {
      const { tree: packed, frontMatter } = await parser.parse(await documentOf(question, title, snippet));
      const json = new TextDecoder().decode(await parser.json(packed));
      const tree = JSON.parse(json) as MarkdownNode;
      expect(frontMatter).toMatchObject({ title: question, research: 1, tags: ['research'] });
      expect(all(tree, 'heading').map(textOf)).toEqual([question, 'Results']);
      const [list, ...others] = all(tree, 'list');
      expect(others).toEqual([]);
      const [link] = list === undefined ? [] : all(list, 'link');
      expect(textOf(link)).toBe(title);
      expect(link).toMatchObject({ url: new URL(location).href });
      expect(all(tree, 'blockquote').map(textOf)).toEqual([snippet]);
      for (const type of ['html', 'image', 'footnoteReference', 'table', 'thematicBreak']) {
        expect(all(tree, type)).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});
