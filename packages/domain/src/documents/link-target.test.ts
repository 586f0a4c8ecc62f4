import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDocumentPath } from './document-path.js';
import { fragmentArrives, linkedPath, linkKey, resolveLink } from './link-target.js';

// One seed: a run that fails can be repeated.
fc.configureGlobal({ seed: 2026, numRuns: 500 });

const from = parseDocumentPath('guides/start.md');

describe('linkKey', () => {
  it.each([
    ['start.md', 'start'],
    ['start.markdown', 'start'],
    ['start.mdx', 'start'],
    ['start.html', 'start'],
    ['start.HTM', 'start'],
    ['start', 'start'],
    ['Guides/START.md', 'guides/start'],
    ['README.md', ''],
    ['index.html', ''],
    ['', ''],
    ['guides/README.md', 'guides'],
    ['guides/index', 'guides'],
    ['guides', 'guides'],
    ['guides/my-index.md', 'guides/my-index'],
    ['index/readme/start.md', 'index/readme/start'],
    ['cafe\u0301.md', 'caf\u00e9'],
    ['archive.md.zip', 'archive.md.zip'],
    ['a/.md', 'a/.md'],
    ['.html', '.html'],
  ])('of %j is %j', (path, key) => {
    expect(linkKey(path)).toBe(key);
  });
});

describe('resolveLink', () => {
  it.each([
    'https://example.org',
    'HTTP://example.org/a.md',
    'mailto:a@b.c',
    '//cdn/x.md',
    'data:,x',
    'x-y+z.1:a',
  ])('%j leads elsewhere', (href) => {
    expect(resolveLink(from, href)).toEqual({ kind: 'external' });
  });

  it.each([
    ['next.md', 'guides/next'],
    ['./next.md', 'guides/next'],
    ['sub/next.md', 'guides/sub/next'],
    ['../intro.md', 'intro'],
    ['..', ''],
    ['../', ''],
    ['.', 'guides'],
    ['/intro.md', 'intro'],
    ['/', ''],
    ['//', undefined],
    ['next', 'guides/next'],
    ['next.html', 'guides/next'],
    ['next/', 'guides/next'],
    ['next.md?plain=1', 'guides/next'],
    ['a%20b.md', 'guides/a b'],
    ['100%.md', 'guides/100%'],
    ['', 'guides/start'],
    ['?x=1', 'guides/start'],
    ['a/../../b/./c.md', 'b/c'],
  ])('%j leads to the document %j', (href, key) => {
    const expected = key === undefined ? { kind: 'external' } : { kind: 'document', key };
    expect(resolveLink(from, href)).toEqual(expected);
  });

  it.each([
    ['#here', 'guides/start', 'here'],
    ['next.md#part', 'guides/next', 'part'],
    ['next.md?x#gr%C3%B6%C3%9Fe', 'guides/next', 'größe'],
    ['next.md#a#b', 'guides/next', 'a#b'],
    ['next.md#100%', 'guides/next', '100%'],
  ])('%j leads to a place in a document', (href, key, fragment) => {
    expect(resolveLink(from, href)).toEqual({ kind: 'document', key, fragment });
  });

  it('has no fragment where it is empty', () => {
    expect(resolveLink(from, 'next.md#')).toEqual({ kind: 'document', key: 'guides/next' });
    expect(resolveLink(from, '#')).toEqual({ kind: 'document', key: 'guides/start' });
  });

  it.each([
    ['picture.png', 'guides/picture.png'],
    ['../src/main.rs#L10', 'src/main.rs'],
    ['../../outside.md', '../../outside.md'],
    ['v1.2', 'guides/v1.2'],
  ])('%j leads to a file that is no document', (href, path) => {
    expect(resolveLink(from, href)).toEqual({ kind: 'asset', path });
  });

  it('never throws, and gives documents clean keys and no empty fragment', () => {
    fc.assert(
      fc.property(hrefs, (href) => {
        const target = resolveLink(from, href);
        expect(['external', 'asset', 'document']).toContain(target.kind);
        if (target.kind === 'document') {
          expect(target.key).not.toMatch(/^\/|\/$|\/\//);
          expect(target.fragment).not.toBe('');
        }
      }),
    );
  });

  it('finds every document by its own path from the top', () => {
    fc.assert(
      fc.property(documentPaths, (path) => {
        const href = `/${path.split('/').map(encodeURIComponent).join('/')}`;
        expect(resolveLink(from, href)).toEqual({ kind: 'document', key: linkKey(path) });
      }),
    );
  });
});

const hrefs = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '/', '.', '..', '#', '?', '%', '%20', '%2F', '%2e', ':', '\\', '😀', '.md'))
    .map((parts) => parts.join('')),
);

const documentPaths = fc
  .array(fc.constantFrom('a', 'B', 'README', 'index', 'é', 'x y', '#', '?', '%41', ':', '😀'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((parts) => parseDocumentPath(`${parts.join('/')}.md`));

describe('linkedPath', () => {
  const candidates = ['g/README.md', 'g/index.md'].map(parseDocumentPath);

  it.each([
    ['from.md', 'g/', 'g/README.md'],
    ['from.md', 'g/index.md#x', 'g/index.md'],
    ['g/index.md', '#x', 'g/index.md'],
    ['g/index.md', 'README.md?a=1', 'g/README.md'],
    ['from.md', 'g/%69ndex.md', 'g/index.md'],
  ])('of a link in %s to %s is %s', (from, href, expected) => {
    expect(linkedPath(candidates, parseDocumentPath(from), href)).toBe(expected);
  });

  it('is nothing where there is nothing', () => {
    expect(linkedPath([], parseDocumentPath('a.md'), 'b.md')).toBeUndefined();
  });
});

describe('fragmentArrives', () => {
  it.each([undefined, '', 'top', 'TOP', 'Install'])('lets %p arrive', (fragment) => {
    expect(fragmentArrives(fragment, ['install'])).toBe(true);
  });

  it('does not let a fragment arrive that is not there', () => {
    expect(fragmentArrives('setup', ['install'])).toBe(false);
  });
});
