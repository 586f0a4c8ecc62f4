import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type MarkitectError, NotFound, RateLimited, Timeout, Unavailable } from '@markitect/domain';
import { definePort } from '../port.js';
import { allowStale, staleReads } from './stale-reads.js';

interface Shelf {
  get(key: string): Promise<string>;
  all(): AsyncIterable<string>;
  put(value: string): Promise<void>;
}

const port = definePort<Shelf>('Shelf', {
  get: { kind: 'read', idempotent: true },
  all: { kind: 'read', idempotent: true },
  put: { kind: 'write', idempotent: true },
});

const down = new Unavailable('HTTP_UNREACHABLE', 'nobody answers');

/** A shelf that fails while `failure` is set, in `all` after its first item. */
class Source implements Shelf {
  failure: MarkitectError | undefined;
  failsAfter = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  async get(key: string): Promise<string> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    return `${this.#name}:${key}`;
  }

  async *all(): AsyncGenerator<string> {
    for (const item of ['1', '2', '3']) {
      if (this.failure !== undefined && Number(item) > this.failsAfter) throw this.failure;
      yield await Promise.resolve(`${this.#name}:${item}`);
    }
  }

  async put(value: string): Promise<void> {
    await this.get(value);
  }
}

let source: Source;
let mirror: Source;
let age: number | undefined;
let shelf: Shelf;
const ageMs = jest.fn(() => Promise.resolve(age));
const onAnswer = jest.fn();

beforeEach(() => {
  source = new Source('new');
  mirror = new Source('old');
  age = 60_000;
  ageMs.mockClear();
  onAnswer.mockClear();
  shelf = staleReads(port, source, { source: mirror, ageMs, onAnswer });
});

const listAll = async () => {
  const items: string[] = [];
  for await (const item of shelf.all()) items.push(item);
  return items;
};

describe('a read while old answers are allowed', () => {
  it('is answered by the source when it answers, and nobody asks how old the mirror is', async () => {
    expect(await allowStale(() => shelf.get('a'))).toEqual({ value: 'new:a' });
    expect(await allowStale(listAll)).toEqual({ value: ['new:1', 'new:2', 'new:3'] });
    expect(ageMs).not.toHaveBeenCalled();
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it.each<[string, MarkitectError]>([
    ['unreachable', down],
    ['too slow', new Timeout('DEADLINE_EXCEEDED', 'too slow')],
    ['too busy', new RateLimited('HTTP_RATE_LIMITED', 'too many')],
  ])('is answered by what was last known when the source is %s, and says so', async (_what, failure) => {
    source.failure = failure;
    expect(await allowStale(() => shelf.get('a'))).toEqual({
      value: 'old:a',
      stale: { ageMs: 60_000, cause: failure },
    });
    expect(await allowStale(listAll)).toMatchObject({
      value: ['old:1', 'old:2', 'old:3'],
      stale: { ageMs: 60_000 },
    });
    const stale = { ageMs: 60_000, cause: failure };
    expect(onAnswer.mock.calls).toEqual([[stale], [stale]]);
  });

  it('fails as the source fails when that is not down', async () => {
    source.failure = new NotFound('ISSUE_NOT_FOUND', 'none');
    await expect(allowStale(() => shelf.get('a'))).rejects.toBe(source.failure);
    const defect = new TypeError('defect');
    jest.spyOn(source, 'get').mockRejectedValueOnce(defect);
    await expect(allowStale(() => shelf.get('a'))).rejects.toBe(defect);
  });

  it.each([
    ['nothing is known', undefined, undefined],
    ['what is known is too old', 60_000, 59_999],
  ])('fails as the source fails when %s', async (_what, known, maximum) => {
    source.failure = down;
    age = known;
    await expect(allowStale(() => shelf.get('a'), maximum)).rejects.toBe(down);
    await expect(allowStale(listAll, maximum)).rejects.toBe(down);
    expect(onAnswer).not.toHaveBeenCalled();
  });

  it('is as old as its oldest part', async () => {
    source.failure = down;
    const { stale } = await allowStale(async () => {
      await Promise.all([1_000, 3_000, 2_000].map((each) => ((age = each), shelf.get('a'))));
      for (const each of [1_000, 5_000, 2_000]) {
        age = each;
        await shelf.get('a');
      }
    });
    expect(stale?.ageMs).toBe(5_000);
  });

  it('is told apart from others at the same time', async () => {
    source.failure = down;
    const [allowed, forbidden] = await Promise.allSettled([allowStale(() => shelf.get('a')), shelf.get('b')]);
    expect(allowed).toMatchObject({ status: 'fulfilled' });
    expect(forbidden).toEqual({ status: 'rejected', reason: down });
  });
});

describe('a sequence that has begun', () => {
  it('is not continued from elsewhere', async () => {
    source.failure = down;
    source.failsAfter = 1;
    await expect(allowStale(listAll)).rejects.toBe(down);
  });
});

describe('nothing else is answered by what was last known:', () => {
  it('a read where nobody allowed it', async () => {
    source.failure = down;
    await expect(shelf.get('a')).rejects.toBe(down);
    await expect(listAll()).rejects.toBe(down);
  });

  it('a write', async () => {
    source.failure = down;
    await expect(allowStale(() => shelf.put('a'))).rejects.toBe(down);
  });
});

describe('what was last known', () => {
  it.each<[string, () => Promise<never>]>([
    ['an answer of nothing', () => Promise.resolve(undefined as never)],
    ['NotFound', () => Promise.reject(new NotFound('ISSUE_NOT_FOUND', 'not here'))],
  ])('does not say that something is not there: %s leaves the failure', async (_name, get) => {
    source.failure = down;
    jest.spyOn(mirror, 'get').mockImplementation(get);
    await expect(allowStale(() => shelf.get('a'))).rejects.toBe(down);
  });
});
