import { describe, expect, it } from '@jest/globals';
import type { RateLimit } from '@markitect/domain';
import { RATE_MARGIN, type RateLimitRepository } from '@markitect/ports';
import { markitectFailure } from '../markitect-failure.js';
import { seededRandom } from '../seeded-random.js';

/** Two repositories on one place, as two processes have them, whose time passes only by `advance`. */
export interface OpenedRateLimits {
  readonly limits: RateLimitRepository;
  readonly others: RateLimitRepository;
  readonly now: () => number;
  readonly advance: (ms: number) => void;
  close(): Promise<void>;
}

/** What every RateLimitRepository promises. `open` gives repositories on a new, empty place for each test. */
export function describeRateLimitRepositoryContract(
  name: string,
  open: () => Promise<OpenedRateLimits>,
): void {
  const test = (body: (opened: OpenedRateLimits) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  const web: RateLimit = { name: 'web', perSecond: 50, burst: 1 };
  const spacing = 1000 / 50;
  /** The time of a permit from the first one on: a window begins when the one before is over, lateness included. */
  const timeOf = (index: number) => (index + RATE_MARGIN * 50 * Math.floor(index / 50)) * spacing;
  const taken = async (limits: RateLimitRepository, limit = 'web', maxWaitMs = 60_000) => {
    const permit = await limits.take(limit, maxWaitMs);
    if (permit === undefined) throw new Error('expected a permit');
    return Date.parse(permit.at);
  };

  describe(`${name} keeps the RateLimitRepository contract`, () => {
    it(
      'gives permits for now where there is no limit',
      test(async ({ limits, now }) => {
        expect(await limits.check('web')).toBeUndefined();
        expect(await limits.list()).toEqual([]);
        for (let count = 0; count < 5; count += 1) {
          expect(await limits.take('web', 0)).toEqual({ at: new Date(now()).toISOString() });
        }
        expect(await limits.reset('web')).toBe(false);
        expect(await limits.remove('web')).toBe(false);
      }),
    );

    it(
      'gives each permit for a time of its own, whoever asks',
      test(async ({ limits, others, now }) => {
        await limits.update(web);
        const start = now();
        for (let count = 0; count < 100; count += 1) {
          const at = await taken(count % 2 === 0 ? limits : others);
          expect(at).toBeGreaterThanOrEqual(start + timeOf(count) - 0.01);
          expect(at).toBeLessThan(start + timeOf(count) + 1.01);
        }
      }),
    );

    it(
      'gives no time twice to many that ask at once, and leaves none out',
      test(async ({ limits, others, now }) => {
        await limits.update(web);
        const times = await Promise.all(
          Array.from({ length: 60 }, (_, index) => taken(index % 2 === 0 ? limits : others)),
        );
        times.sort((left, right) => left - right);
        times.forEach((at, index) => {
          expect(Math.abs(at - now() - timeOf(index))).toBeLessThan(1.01);
        });
      }),
    );

    it(
      'says until when a permit is good: the longer the slower the rate is',
      test(async ({ limits }) => {
        await limits.update(web);
        await limits.update({ name: 'slow', perSecond: 0.1, burst: 1 });
        await limits.update({ name: 'fast', perSecond: 10_000, burst: 1 });
        for (const [limit, slack] of [
          ['web', 1000 * RATE_MARGIN],
          ['slow', 10_000 * RATE_MARGIN],
        ] as const) {
          const { at = '', until = '' } = (await limits.take(limit, 0)) ?? {};
          const lateness = Date.parse(until) - Date.parse(at);
          expect(lateness).toBeGreaterThanOrEqual(slack / 4);
          expect(lateness).toBeLessThanOrEqual(slack / 2);
        }
        expect(await limits.take('fast', 0)).not.toHaveProperty('until');
      }),
    );

    it(
      'gives a permit for now in place of one that was not used in time, and so for as long as its window lasts',
      test(async ({ limits, others, now, advance }) => {
        await limits.update({ ...web, perSecond: 2 });
        const first = await limits.take('web', 0);
        const second = await limits.take('web', 1000);
        if (first === undefined || second === undefined) throw new Error('two permits');
        advance(300);
        const again = await others.take('web', 0, first);
        expect(again?.at).toBe(new Date(now()).toISOString());
        // That one is in its place: the first cannot be exchanged twice, and the window is counted from the other.
        expect(await limits.take('web', 0, first)).toBeUndefined();
        advance(300);
        expect(await limits.take('web', 0, second)).toMatchObject({ at: new Date(now()).toISOString() });
        const next = await taken(limits);
        expect(next - Date.parse(again?.at ?? '')).toBeGreaterThanOrEqual(1000);
        expect(await taken(limits)).toBeGreaterThanOrEqual(now() + 1000);
      }),
    );

    it(
      'never gives more than the rate allows in a second, however bursts, rests and late callers follow each other',
      test(async ({ limits, now, advance }) => {
        const random = seededRandom(7);
        await limits.update({ name: 'web', perSecond: 10, burst: 5 });
        const acts: number[] = [];
        for (let count = 0; count < 300; count += 1) {
          let permit = await limits.take('web', 60_000);
          for (let isUsed = false; !isUsed && permit !== undefined;) {
            const late = random() < 0.3 ? random() * 400 : random() * 8;
            advance(Math.max(0, Math.ceil(Date.parse(permit.at) - now() + late)));
            isUsed = now() <= Date.parse(permit.until ?? '');
            if (!isUsed) permit = await limits.take('web', 60_000, permit);
          }
          acts.push(now());
          if (random() < 0.1) advance(Math.round(random() * 1500));
        }
        for (const [index, at] of acts.entries()) {
          expect(acts.slice(index).filter((other) => other - at < 1000).length).toBeLessThanOrEqual(10);
        }
      }),
    );

    it(
      'gives none, and takes none, when it is further away than the caller can wait',
      test(async ({ limits, others, now, advance }) => {
        await limits.update(web);
        await taken(limits);
        for (let count = 0; count < 10; count += 1) {
          expect(await others.take('web', spacing - 1)).toBeUndefined();
        }
        expect(await taken(limits, 'web', spacing)).toBe(now() + spacing);
        advance(2 * spacing);
        expect(await taken(others, 'web', 0)).toBe(now());
      }),
    );

    it(
      'lets as many follow each other after a rest as the burst says, and no more after a longer one',
      test(async ({ limits, now, advance }) => {
        await limits.update({ ...web, burst: 4 });
        for (const rest of [0, 1000, 100_000]) {
          advance(rest);
          for (let count = 0; count < 4; count += 1) expect(await taken(limits)).toBe(now());
          expect(await limits.take('web', 0)).toBeUndefined();
        }
        advance(spacing);
        expect(await taken(limits, 'web', 0)).toBe(now());
        expect(await limits.take('web', 0)).toBeUndefined();
      }),
    );

    it(
      'says what is set and when the next permit can be had, and takes none by it',
      test(async ({ limits, others, now }) => {
        await limits.update(web);
        const state = await others.check('web');
        expect(state).toMatchObject(web);
        expect(Date.parse(state?.nextAt ?? '')).toBeLessThanOrEqual(now());
        expect(state?.updatedAt).toBe(new Date(now()).toISOString());
        await taken(limits);
        for (let count = 0; count < 3; count += 1) {
          expect((await limits.check('web'))?.nextAt).toBe(new Date(now() + spacing).toISOString());
        }
        await limits.update({ name: 'Web', perSecond: 2, burst: 3 });
        await limits.update({ name: 'docs', perSecond: 0.001, burst: 1 });
        expect((await others.list()).map((each) => each.name)).toEqual(['Web', 'docs', 'web']);
      }),
    );

    it(
      'goes on from what is used up when the rate is changed',
      test(async ({ limits, others, now }) => {
        await limits.update({ ...web, perSecond: 1 });
        await taken(limits);
        await limits.update(web);
        expect(await taken(others)).toBe(now() + 1000);
        expect(await taken(others)).toBe(now() + 1020);
      }),
    );

    it(
      'gives none before the time it is held back to, which only moves on',
      test(async ({ limits, others, now, advance }) => {
        await limits.update(web);
        const until = now() + 5000;
        await others.holdBack('web', new Date(until).toISOString());
        await limits.holdBack('web', new Date(until - 1000).toISOString());
        expect((await limits.check('web'))?.nextAt).toBe(new Date(until).toISOString());
        expect(await limits.take('web', 4999)).toBeUndefined();
        expect(await taken(limits)).toBe(until);
        expect(await taken(limits)).toBe(until + spacing);
        advance(10_000);
        expect(await taken(limits)).toBe(now());
        await limits.holdBack('web', new Date(now() - 5000).toISOString());
        expect(await taken(limits)).toBe(now() + spacing);
      }),
    );

    it(
      'holds a name back that has no limit too',
      test(async ({ limits, now, advance }) => {
        const until = now() + 5000;
        await limits.holdBack('web', new Date(until).toISOString());
        expect(await limits.check('web')).toBeUndefined();
        expect(await limits.list()).toEqual([]);
        expect(await taken(limits)).toBe(until);
        expect(await taken(limits)).toBe(until);
        expect(await limits.reset('web')).toBe(false);
        advance(5000);
        expect(await taken(limits, 'web', 0)).toBe(now());
        expect(await taken(limits, 'web', 0)).toBe(now());
        await limits.holdBack('web', new Date(now() + 5000).toISOString());
        expect(await limits.remove('web')).toBe(false);
        expect(await taken(limits, 'web', 0)).toBe(now());
      }),
    );

    it(
      'forgets what is used up, or the limit, when told to',
      test(async ({ limits, others, now }) => {
        await limits.update({ ...web, perSecond: 0.01 });
        await taken(limits);
        await limits.holdBack('web', new Date(now() + 500_000).toISOString());
        expect(await others.reset('web')).toBe(true);
        expect(await taken(limits)).toBe(now());
        expect(await limits.take('web', 1000)).toBeUndefined();
        expect(await others.remove('web')).toBe(true);
        expect(await limits.check('web')).toBeUndefined();
        expect(await taken(limits, 'web', 0)).toBe(now());
        expect(await limits.remove('web')).toBe(false);
      }),
    );

    it(
      'keeps names apart, whatever they are made of',
      test(async ({ limits, now }) => {
        for (const each of ['web', 'WEB', 'web:example.org', 'wéb %_\\ “😀”']) {
          await limits.update({ ...web, name: each });
          expect(await taken(limits, each, 0)).toBe(now());
          expect(await limits.take(each, 0)).toBeUndefined();
        }
      }),
    );

    it.each<[string, Partial<RateLimit>]>([
      ['name', { name: '' }],
      ['perSecond', { perSecond: 0 }],
      ['perSecond', { perSecond: Number.NaN }],
      ['burst', { burst: 0 }],
      ['burst', { burst: 1.5 }],
    ])('refuses a wrong %s', (field, wrong) =>
      test(async ({ limits }) => {
        const error = await markitectFailure(() => limits.update({ ...web, ...wrong }));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', details: { field } });
        expect(await limits.list()).toEqual([]);
      })(),
    );
  });
}
