import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type HttpOptions, resolveHttpOptions } from './http-options.js';

const plain: HttpOptions = { name: 'gitea', baseUrl: 'https://git.example/sub/api/v1' };

describe('the options', () => {
  it('have defaults for everything but the name and the address', () => {
    expect(resolveHttpOptions(plain)).toMatchObject({
      connections: 64,
      maxWaiting: 1000,
      deadlineMs: 30_000,
      maxResponseBytes: 33_554_432,
      proxy: undefined,
      rateLimit: undefined,
      hedgeAfterMs: undefined,
      retry: { attempts: 4, budgetRatio: 0.2, budgetPerSecond: 2, maxRetryAfterMs: 30_000 },
      breaker: { threshold: 0.5, windowMs: 10_000, minimumAttempts: 20, openMs: 5000 },
    });
    expect(resolveHttpOptions(plain).baseUrl.href).toBe('https://git.example/sub/api/v1/');
    expect(resolveHttpOptions({ ...plain, rateLimit: { perSecond: 7.5 } }).rateLimit).toEqual({
      perSecond: 7.5,
      burst: 7,
    });
  });

  it('take an undefined value for none', () => {
    const given = {
      ...plain,
      connections: undefined,
      retry: { attempts: undefined },
    } as unknown as HttpOptions;
    expect(resolveHttpOptions(given)).toMatchObject({ connections: 64, retry: { attempts: 4 } });
  });

  it.each<[string, unknown]>([
    ['name', { name: 'a b' }],
    ['baseUrl', { baseUrl: 'git.example' }],
    ['baseUrl', { baseUrl: 'ftp://git.example' }],
    ['baseUrl', { baseUrl: 'https://me:hunter2@git.example' }],
    ['baseUrl', { baseUrl: 'https://git.example/?token=hunter2' }],
    ['token', { token: 'hunter2\r\nx: y' }],
    ['token', { token: '' }],
    ['proxy', { proxy: 'hunter2' }],
    ['connections', { connections: 0 }],
    ['connections', { connections: 1.5 }],
    ['deadlineMs', { deadlineMs: Number.NaN }],
    ['maxResponseBytes', { maxResponseBytes: 2 ** 40 }],
    ['hedgeAfterMs', { hedgeAfterMs: 0 }],
    ['healthPath', { healthPath: '/x' }],
    ['userAgent', { userAgent: 'a\nb' }],
    ['retry.attempts', { retry: { attempts: 0 } }],
    ['retry.budgetRatio', { retry: { budgetRatio: 2 } }],
    ['breaker.threshold', { breaker: { threshold: 1 } }],
    ['rateLimit.perSecond', { rateLimit: { perSecond: 0 } }],
    ['rateLimit.burst', { rateLimit: { perSecond: 1, burst: 0.5 } }],
    ['tls.caFile', { tls: { caFile: 'ca.pem' } }],
    ['tls.keyFile', { tls: { certFile: '/cert.pem' } }],
  ])('name the one that is wrong, not its value: %s', (field, wrong) => {
    let thrown: unknown;
    try {
      resolveHttpOptions({ ...plain, ...(wrong as object) });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'CONFIG_INVALID', details: { field } });
    expect(inspect(thrown, { depth: Infinity, showHidden: true })).not.toContain('hunter2');
  });
});
