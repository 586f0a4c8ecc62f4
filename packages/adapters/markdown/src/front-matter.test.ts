import { describe, expect, it } from '@jest/globals';
import { MarkitectError } from '@markitect/domain';
import { readFrontMatter } from './front-matter.js';

function faultOf(yaml: string): { code: string; line: unknown; message: string } {
  try {
    readFrontMatter(yaml);
  } catch (error) {
    if (error instanceof MarkitectError) {
      return { code: error.code, line: error.details['line'], message: error.message };
    }
    throw error;
  }
  throw new Error('it was accepted');
}

describe('front matter', () => {
  it('is a mapping of JSON values in the order written', () => {
    const read = readFrontMatter(
      'title: Start\ntags: [a, b]\nweight: 1.5\ndraft: false\nnone:\nmore: { x: 0x1F }',
    );
    expect(read).toEqual({
      title: 'Start',
      tags: ['a', 'b'],
      weight: 1.5,
      draft: false,
      none: null,
      more: { x: 31 },
    });
    expect(Object.keys(read)).toEqual(['title', 'tags', 'weight', 'draft', 'none', 'more']);
  });

  it.each(['', '\n', '# only a comment', '~'])('may be empty: %j', (yaml) => {
    expect(readFrontMatter(yaml)).toEqual({});
  });

  it('keeps dates, versions of YAML 1.1 truths and very large numbers as they are written', () => {
    expect(readFrontMatter('date: 2024-01-31\nanswer: yes\nid: 12345678901234567890')).toEqual({
      date: '2024-01-31',
      answer: 'yes',
      id: '12345678901234567890',
    });
  });

  it('treats keys that mean something to JavaScript as keys', () => {
    const read = readFrontMatter('__proto__:\n  polluted: true\nconstructor: x\n1: one');
    expect(Object.keys(read)).toEqual(['1', '__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it('resolves aliases', () => {
    expect(readFrontMatter('a: &x [1]\nb: *x')).toEqual({ a: [1], b: [1] });
  });

  it.each([
    ['a duplicate key', 'a: 1\na: 2', 3],
    ['a list', '- a', 2],
    ['a text', 'just words', 2],
    ['an unquoted colon', 'title: a: b', 2],
    ['an unclosed quote', 'x: 1\ny: "', 3],
    ['a tab', 'x:\n\ty: 1', 3],
    ['not a number', 'x: 1\ny: .nan', 3],
    ['infinity', 'y: [1, -.inf]', 2],
    ['a number beyond all bounds', 'y: 1e999', 2],
    ['binary data', 'y: !!binary aGk=', 2],
    ['an unknown tag', 'x: 1\ny: !thing z', 3],
    ['a second document', 'x: 1\n--- y\nz: 1', 3],
    ['a key that is not text', '[a]: 1', 2],
    ['an alias to nothing', 'a: *b', 1],
    ['an alias to itself', 'a: &a [*a]', 1],
  ])('refuses %s and names the line', (_name, yaml, line) => {
    expect(faultOf(yaml)).toMatchObject({ code: 'FRONT_MATTER_INVALID', line });
  });

  it('says what is wrong in one line, without the stack of the YAML library', () => {
    const { message } = faultOf('a: 1\na: 2');
    expect(message).toBe('front matter, line 3: Map keys must be unique');
  });

  it('refuses aliases that expand without end', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let level = 0; level < 12; level += 1) {
      const [from, to] = ['abcdefghijklmnop'.charAt(level), 'abcdefghijklmnop'.charAt(level + 1)];
      lines.push(
        `${to}: &${to} [*${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}, *${from}]`,
      );
    }
    expect(faultOf(lines.join('\n')).code).toBe('FRONT_MATTER_INVALID');
  });

  it.each([200, 20_000])('refuses %d nested lists', (depth) => {
    expect(faultOf(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`)).toMatchObject({
      code: 'FRONT_MATTER_INVALID',
      message: expect.stringContaining('nested'),
    });
  });
});
