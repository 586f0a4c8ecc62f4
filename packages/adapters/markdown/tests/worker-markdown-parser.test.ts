import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EncodedTree } from '@markitect/ports';
import { tests as examples } from 'commonmark-spec';
import { WorkerMarkdownParser } from '../src/worker-markdown-parser.js';
import { gfmCases } from './gfm-cases.js';

const sample = [
  '---\ntitle: Start\n__proto__: 1\n---\n',
  '# One\n\nSome *words* with a [link](two.md#x), ![image](a.png) and <a id="here"></a>.\n',
  '| a | b |\n|---|---|\n| c | www.example.com |\n\n- [x] done\n',
].join('\n');

describe('the Markdown parser', () => {
  let workers: WorkerMarkdownParser;
  let inline: WorkerMarkdownParser;

  beforeAll(() => {
    workers = new WorkerMarkdownParser({ threads: 2, inlineBytes: 0 });
    inline = new WorkerMarkdownParser({ inlineBytes: Infinity });
  });
  afterAll(() => Promise.all([workers.close(), inline.close()]));

  it('gives the same results on worker threads and on the thread of the caller', async () => {
    for (const content of [
      sample,
      ...gfmCases.slice(0, 60),
      ...examples.slice(0, 60).map((one) => one.markdown),
    ]) {
      const [there, here] = await Promise.all([workers.parse(content), inline.parse(content)]);
      expect(there).toEqual(here);
      expect(await workers.decode(there.tree)).toEqual(await inline.decode(here.tree));
      // The next text is a new turn of the event loop, so that it is parsed here again.
      await new Promise(setImmediate);
    }
  });

  it('reads a tree back with its positions', async () => {
    const { tree } = await workers.parse(sample);
    expect(await workers.decode(tree)).toMatchObject({
      type: 'root',
      children: [
        { type: 'yaml' },
        { type: 'heading', depth: 1, position: { start: { line: 6, column: 1 } } },
        {},
        {},
        {},
      ],
    });
  });

  it('selects nodes with their words, no more than asked for', async () => {
    const { tree } = await workers.parse(sample);
    const found = await workers.select(tree, 'heading[depth=1], link', 2);
    expect(found.map(({ node, text }) => [node.type, text])).toEqual([
      ['heading', 'One'],
      ['link', 'link'],
    ]);
  });

  it('selects in large trees as in small ones', async () => {
    const content = Array.from(
      { length: 3000 },
      (_, index) => `# H${index}\n\n[l${index}](x${index})\n`,
    ).join('\n');
    const { tree } = await workers.parse(content);
    expect(tree.byteLength).toBeGreaterThan(8 * 1024);
    const found = await workers.select(tree, 'link', 3);
    expect(found.map(({ text }) => text)).toEqual(['l0', 'l1', 'l2']);
    await expect(workers.select(tree, 'link[', 3)).rejects.toMatchObject({ code: 'SELECTOR_INVALID' });
    const damaged = new Uint8Array(10_000).fill(1) as EncodedTree;
    await expect(workers.select(damaged, 'link', 3)).rejects.toMatchObject({ code: 'AST_CORRUPT' });
  });

  it.each(['workers', 'inline'] as const)('reports broken front matter with its line: %s', async (where) => {
    const parser = where === 'workers' ? workers : inline;
    const parsing = parser.parse('---\ntitle: a\nbad: b: c\n---\n');
    await expect(parsing).rejects.toMatchObject({
      name: 'Invalid',
      code: 'FRONT_MATTER_INVALID',
      details: { line: 3 },
      message: expect.stringMatching(/^front matter, line 3: [^\n]+$/),
    });
  });

  it('reports damaged trees', async () => {
    const damaged = new Uint8Array([1, 2, 3]) as EncodedTree;
    await expect(workers.decode(damaged)).rejects.toMatchObject({ name: 'Corrupt', code: 'AST_CORRUPT' });
    await expect(workers.select(damaged, 'link', 1)).rejects.toMatchObject({ code: 'AST_CORRUPT' });
  });

  it('reports texts nested without end, and goes on', async () => {
    const refused = { name: 'Invalid', code: 'MARKDOWN_TOO_COMPLEX', details: { limit: 'depth' } };
    await expect(workers.parse('>'.repeat(20_000))).rejects.toMatchObject(refused);
    await expect(workers.parse('*a **b '.repeat(400) + 'c** d*'.repeat(400))).rejects.toMatchObject(refused);
    await expect(workers.parse('['.repeat(100_000))).resolves.toMatchObject({ links: [] });
    await expect(workers.parse('# Fine')).resolves.toMatchObject({ text: 'Fine' });
  });

  it('reports texts that take too long, and goes on', async () => {
    const impatient = new WorkerMarkdownParser({ threads: 1, inlineBytes: 0, timeLimitMs: 500 });
    const hostile = impatient.parse('*a_'.repeat(300_000));
    await expect(hostile).rejects.toMatchObject({ code: 'MARKDOWN_TOO_COMPLEX', details: { limit: 'time' } });
    await expect(retried(() => impatient.parse('# Fine'))).resolves.toMatchObject({ text: 'Fine' });
    await impatient.close();
  });

  it('limits the time of a text however long it is', async () => {
    const parser = new WorkerMarkdownParser({
      threads: 1,
      inlineBytes: 0,
      timeLimitMs: 60_000,
      totalTimeLimitMs: 500,
    });
    await expect(parser.parse('*a_'.repeat(300_000))).rejects.toMatchObject({
      code: 'MARKDOWN_TOO_COMPLEX',
      message: expect.stringContaining('longer than 0.5 s'),
    });
    await parser.terminate();
  });

  it('gives up what it has when it is terminated', async () => {
    const parser = new WorkerMarkdownParser({ threads: 1, inlineBytes: 0 });
    const given = Promise.allSettled([parser.parse('*a_'.repeat(300_000)), parser.parse('# x')]);
    await parser.terminate();
    for (const outcome of await given) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CONNECTION_CLOSED' } });
    }
  });

  it('writes large trees as JSON on a worker, small ones here', async () => {
    const parser = new WorkerMarkdownParser({ threads: 1, inlineBytes: Infinity });
    const large = await parser.parse('Some *words*.\n\n'.repeat(5000));
    await new Promise(setImmediate);
    const small = await parser.parse('# Small');
    expect(large.tree.byteLength).toBeGreaterThan(8 * 1024);
    await parser.terminate();
    await expect(parser.json(small.tree)).resolves.toBeInstanceOf(Uint8Array);
    await expect(parser.json(large.tree)).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  it('leaves the event loop of the caller free while it parses', async () => {
    const content = `${sample}\n`.repeat(500);
    let turns = 0;
    let isParsing = true;
    const turn = () => {
      turns += 1;
      if (isParsing) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all([workers.parse(content), workers.parse('# Small')]);
    isParsing = false;
    expect(turns).toBeGreaterThan(20);
  });

  it('parses no more than one small text per turn of the event loop on the thread of the caller', async () => {
    const parser = new WorkerMarkdownParser({ threads: 1 });
    const texts = Array.from({ length: 20 }, (_, index) => `# ${index}`);
    const parsed = await Promise.all(texts.map((text) => parser.parse(text)));
    expect(parsed.map(({ text }) => text)).toEqual(texts.map((text) => text.slice(2)));
    await parser.close();
  });

  it('cannot be used once it is closed', async () => {
    const parser = new WorkerMarkdownParser({ threads: 1, inlineBytes: 0 });
    await parser.parse('# x');
    await Promise.all([parser.close(), parser.close()]);
    await expect(parser.parse('# x')).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  it('does not keep the process alive when it is idle and nobody closed it', async () => {
    const script = `
      import { WorkerMarkdownParser } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
      const parser = new WorkerMarkdownParser({ threads: 2, inlineBytes: 0 });
      const { text } = await parser.parse('# Done');
      console.log(text);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    expect(stdout.trim()).toBe('Done');
  });
});

/** Starting a thread may itself take longer than an impatient parser allows on a busy machine. */
async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      continue;
    }
  }
}
