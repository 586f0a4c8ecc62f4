import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../json.js';
import type { Heading } from './document.js';
import { parseDocumentPath } from './document-path.js';
import { tagsOf, titleOf } from './front-matter.js';

const path = parseDocumentPath('guides/start.md');
const heading = (depth: number, text: string): Heading => ({ depth, text, slug: '', line: 1 });

describe('titleOf', () => {
  it.each<[string, JsonObject, Heading[]]>([
    ['Written', { title: ' Written ' }, [heading(1, 'Heading')]],
    ['2024', { title: 2024 }, [heading(1, 'Heading')]],
    ['Heading', { title: '  ' }, [heading(1, 'Heading')]],
    ['Heading', { title: ['a list'] }, [heading(1, 'Heading')]],
    ['Heading', { title: null }, [heading(1, 'Heading')]],
    ['Top', {}, [heading(2, 'Sub'), heading(1, 'Top'), heading(1, 'Second top')]],
    ['Deep', {}, [heading(1, ''), heading(3, 'Deep')]],
    ['start', {}, [heading(1, '')]],
    ['start', {}, []],
  ])('is %j', (title, frontMatter, headings) => {
    expect(titleOf(path, frontMatter, headings)).toBe(title);
  });
});

describe('tagsOf', () => {
  it.each<[JsonValue, string[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a, b,,#c ', ['a', 'b', 'c']],
    ['', []],
    [
      ['b', ' #a ', 'b', '', '#', 7],
      ['b', 'a', '7'],
    ],
    [['a', null, true, { no: 'tag' }, ['b']], ['a']],
    [7, []],
    [true, []],
    [null, []],
    [{ a: 'b' }, []],
    [
      ['Rust', 'rust'],
      ['Rust', 'rust'],
    ],
  ])('of %j are %j', (tags, expected) => {
    expect(tagsOf({ tags })).toEqual(expected);
  });

  it('are none where none are written', () => {
    expect(tagsOf({})).toEqual([]);
  });
});
