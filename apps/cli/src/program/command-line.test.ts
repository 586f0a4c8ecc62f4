import { describe, expect, it } from '@jest/globals';
import { commandLineWith } from './command-line.js';

describe('commandLineWith', () => {
  it('adds an option, or replaces its value', () => {
    expect(commandLineWith(['docs', 'list'], { '--cursor': 'abc' })).toBe('markitect docs list --cursor abc');
    expect(commandLineWith(['docs', 'list', '--cursor', 'x', '--json'], { '--cursor': 'abc' })).toBe(
      'markitect docs list --json --cursor abc',
    );
    expect(commandLineWith(['docs', '--cursor=x', 'list'], { '--cursor': 'abc' })).toBe(
      'markitect docs list --cursor abc',
    );
  });

  it('quotes for a shell and keeps what stands behind --', () => {
    expect(commandLineWith(['docs', 'search', '"it\'s"', '--', '-x'], { '--cursor': 'abc' })).toBe(
      `markitect docs search '"it'\\''s"' --cursor abc -- -x`,
    );
  });
});
