import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InMemoryRateLimitRepository, markitectFailure } from '@markitect/testing';
import { parseRateRules } from './rate-rules.js';
import { ScrapingPermits } from './scraping-permits.js';

const never = new AbortController().signal;
let limits: InMemoryRateLimitRepository;

beforeEach(() => {
  limits = new InMemoryRateLimitRepository();
});

const permits = (...rules: string[]) => new ScrapingPermits(limits, parseRateRules(rules));

describe('permits', () => {
  it('put the rates that are configured into the database, once, and take of each that holds', async () => {
    const update = jest.spyOn(limits, 'update');
    const take = jest.spyOn(limits, 'take');
    const some = permits('web=1000', 'web:*=500');
    await some.take('web:example.org', never);
    await some.take('web:example.org', never);
    expect(update.mock.calls.map(([limit]) => limit)).toEqual([
      { name: 'web:example.org', perSecond: 500, burst: 1 },
      { name: 'web', perSecond: 1000, burst: 1 },
    ]);
    expect(new Set(take.mock.calls.map(([name]) => name))).toEqual(new Set(['web:example.org', 'web']));
    update.mockClear();
    await permits('web=1000').take('web', never);
    expect(update).not.toHaveBeenCalled();
  });

  it('cost nothing where no rate is configured', async () => {
    const take = jest.spyOn(limits, 'take');
    await permits('web=1').take('docs', never);
    expect(take).not.toHaveBeenCalled();
  });

  it('are waited for', async () => {
    const some = permits('web=20');
    const started = Date.now();
    for (let count = 0; count < 5; count += 1) await some.take('web', never);
    expect(Date.now() - started).toBeGreaterThanOrEqual(200);
  });

  it('end with the reason of the signal', async () => {
    const some = permits('web=0.01');
    await some.take('web', never);
    const stop = new AbortController();
    const waiting = some.take('web', stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(some.take('docs', stop.signal)).rejects.toThrow('stopped');
  });

  it('that are too far away are refused, and say so', async () => {
    const some = permits('web=0.001');
    await some.take('web', never);
    const failure = await markitectFailure(() => some.take('web', never));
    expect(failure).toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', retryable: true });
    expect(failure.details['retryAfterMs']).toBeGreaterThan(0);
  });

  it('are held back as long as a source asks, within bounds, for the part that asked', async () => {
    const holdBack = jest.spyOn(limits, 'holdBack');
    const some = permits('web=100', 'web:*=100');
    await some.holdBack('web:example.org', 60_000);
    await some.holdBack('docs', 60_000);
    await some.holdBack('web:example.com', 24 * 3_600_000);
    const asked = holdBack.mock.calls.map(([name, until]) => [
      name,
      Math.round((Date.parse(until) - Date.now()) / 60_000),
    ]);
    expect(asked).toEqual([
      ['web:example.org', 1],
      ['web:example.com', 5],
    ]);
  });

  it('forget a limit that could not be stored, and try again', async () => {
    jest.spyOn(limits, 'update').mockRejectedValueOnce(new Error('busy'));
    const some = permits('web=100');
    await expect(some.take('web', never)).rejects.toThrow('busy');
    await some.take('web', never);
    expect(await limits.check('web')).toMatchObject({ perSecond: 100 });
  });
});
