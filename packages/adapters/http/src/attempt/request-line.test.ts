import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { requestHeaders } from './request-headers.js';
import { requestLine } from './request-line.js';

describe('the request line', () => {
  it('is the base path, the path and the query, encoded', () => {
    expect(
      requestLine('/api/v1/', {
        path: 'repos/a%2Fb/issues',
        query: { q: 'a b&c', page: 2, closed: false, labels: ['x', 'y/z'], none: undefined, empty: [] },
      }),
    ).toBe('/api/v1/repos/a%2Fb/issues?q=a%20b%26c&page=2&closed=false&labels=x&labels=y%2Fz');
  });

  it.each([
    '/x',
    '//evil.example/x',
    'a/../../x',
    '..',
    'a/%2E%2e/b',
    'a/./b',
    'a?b=c',
    'a#b',
    'a b',
    'ä',
    'a\r\nb',
    'a\\b',
  ])('refuses the path %j', (path) => {
    expect(() => requestLine('/', { path })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  it('takes a query that is written already as it is', () => {
    expect(requestLine('/', { path: 'x', rawQuery: 'a=b+c&d&&e=[%20]' })).toBe('/x?a=b+c&d&&e=[%20]');
    expect(requestLine('/', { path: 'x', rawQuery: '' })).toBe('/x');
    for (const rawQuery of ['a b', 'a#b', 'ä', 'a\r\nb', 'a\0b']) {
      expect(() => requestLine('/', { path: 'x', rawQuery })).toThrow(
        expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'rawQuery' } }),
      );
    }
  });

  it('refuses half a character', () => {
    expect(() => requestLine('/', { path: 'x', query: { q: '\ud800' } })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { field: 'query' } }),
    );
  });

  it('never leaves the base, whatever path it accepts', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '/', '.', '%', '2', 'e', ':', '@', '\\', '?') }),
        (path) => {
          let line: string;
          try {
            line = requestLine('/api/v1/', { path });
          } catch {
            return;
          }
          const url = new URL(line, 'http://host.example');
          expect(url.host).toBe('host.example');
          expect(url.pathname.startsWith('/api/v1/')).toBe(true);
        },
      ),
    );
  });
});

describe('the headers of a request', () => {
  it('are lower case and come after the type of the body', () => {
    expect(requestHeaders({ headers: { 'X-One': '1' }, json: {} })).toEqual([
      'content-type',
      'application/json',
      'x-one',
      '1',
    ]);
  });

  it.each<[string, string]>([
    ['Authorization', 'token x'],
    ['host', 'evil.example'],
    ['Content-Length', '3'],
    ['transfer-encoding', 'chunked'],
    ['x', 'a\r\nb: c'],
    ['x y', 'a'],
    ['', 'a'],
  ])('must not be %j: %j', (name, value) => {
    expect(() => requestHeaders({ headers: { [name]: value } })).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID' }),
    );
  });
});
