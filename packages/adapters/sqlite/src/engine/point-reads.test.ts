import { describe, expect, it } from '@jest/globals';
import type { DocumentPath } from '@markitect/domain';
import type { SqliteHandle } from './sqlite-handle.js';
import { SqliteReaders } from './sqlite-readers.js';
import { readDocument, readDocuments } from '../documents/document-reads.js';
import { PointReads } from './point-reads.js';

interface Sent {
  readonly paths: readonly string[];
  readonly answer: (contents: Record<string, string>) => void;
  readonly fail: (error: Error) => void;
}

const factsOf = (path: string) => JSON.stringify([path, '', '[]', '', 0, 1, '', '', null, '{}', '[]']);

/** Readers that answer when the test says so. */
function controlledReaders() {
  const sent: Sent[] = [];
  const handle = {
    all: (_sql: string, [parameter]: [string]) =>
      new Promise<unknown[]>((resolve, reject) => {
        const paths = parameter.startsWith('[') ? (JSON.parse(parameter) as string[]) : [parameter];
        const answer = (contents: Record<string, string>) =>
          resolve(
            paths.flatMap((path) =>
              path in contents ? [{ path, content: contents[path], facts: factsOf(path) }] : [],
            ),
          );
        sent.push({ paths, answer, fail: reject });
      }),
  };
  // The pool uses nothing else of a handle.
  const readers = new SqliteReaders(
    [1, 2, 3].map(() => ({ ...handle }) as Partial<SqliteHandle> as SqliteHandle),
    1000,
  );
  return { sent, reads: new PointReads(() => readers, { one: readDocument, many: readDocuments }) };
}

const path = (text: string) => text as DocumentPath;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('point reads', () => {
  it('go out at once while nothing is under way', async () => {
    const { sent, reads } = controlledReaders();
    const read = reads.get(path('a'));
    await turn();
    expect(sent.map((each) => each.paths)).toEqual([['a']]);
    sent[0]?.answer({ a: 'A' });
    expect(await read).toMatchObject({ path: 'a', content: 'A' });
  });

  it('are gathered while others are under way, each path once', async () => {
    const { sent, reads } = controlledReaders();
    const first = [reads.get(path('a')), reads.get(path('b'))];
    await turn();
    const later = ['c', 'd', 'c', 'nowhere'].map((each) => reads.get(path(each)));
    await turn();
    expect(sent.map((each) => each.paths)).toEqual([['a'], ['b']]);
    sent[0]?.answer({ a: 'A' });
    await first[0];
    await turn();
    expect(sent[2]?.paths).toEqual(['c', 'd', 'nowhere']);
    sent[2]?.answer({ d: 'D', c: 'C' });
    const found = await Promise.all(later);
    expect(found.map((document) => document?.content)).toEqual(['C', 'D', 'C', undefined]);
    expect(found[0]).not.toBe(found[2]);
  });

  it('never join a statement that has been sent: it may not see what was committed since', async () => {
    const { sent, reads } = controlledReaders();
    const before = reads.get(path('a'));
    await turn();
    const after = reads.get(path('a'));
    await turn();
    sent[0]?.answer({ a: 'old' });
    expect((await before)?.content).toBe('old');
    await turn();
    expect(sent).toHaveLength(2);
    sent[1]?.answer({ a: 'new' });
    expect((await after)?.content).toBe('new');
  });

  it('that fail fail those who asked, and nobody later', async () => {
    const { sent, reads } = controlledReaders();
    const failing = [reads.get(path('a')), reads.get(path('b'))];
    await turn();
    for (const each of sent) each.fail(new Error('gone'));
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes.map((each) => each.status)).toEqual(['rejected', 'rejected']);
    const next = reads.get(path('a'));
    await turn();
    sent.at(-1)?.answer({ a: 'A' });
    expect((await next)?.content).toBe('A');
  });
});
