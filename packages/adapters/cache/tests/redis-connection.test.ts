import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeWithService, markitectFailure, type RedisService, startRedis } from '@markitect/testing';
import { RedisConnection, type RedisOptions, RedisTier } from '../src/index.js';
import { eventually } from './redis-eventually.js';

const entry = (body: string) => ({ version: 1, expiresAt: Number.POSITIVE_INFINITY, body });

it('refuses a wrong URL or bound without repeating it', () => {
  for (const url of [
    '',
    'nothing',
    'http://h',
    'redis://',
    'redis://u:sesame@h/x',
    'redis://u:%zz-sesame@h',
  ]) {
    const make = () => new RedisConnection({ url });
    expect(make).toThrow(/must be/);
    expect(make).not.toThrow(/sesame/);
  }
  expect(() => new RedisConnection({ url: 'redis://h', commandTimeoutMs: 0 })).toThrow('commandTimeoutMs');
});

describeWithService('redis', 'RedisConnection', () => {
  let redis: RedisService;
  const opened: RedisConnection[] = [];
  const connect = (options: Partial<RedisOptions> = {}) => {
    const connection = new RedisConnection({ url: redis.url, ...options });
    opened.push(connection);
    return connection;
  };
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    await redis.stop();
  });

  it('opens when it is first used, in the database of its URL', async () => {
    const connection = connect({ url: `${redis.url}/3` });
    expect(await connection.health()).toEqual({ status: 'closed', latencyMs: 0 });
    expect(connection.stats()).toMatchObject({ open: false, states: {} });
    await connection.command(['SET', 'a', '1']);
    expect(await connect().command(['GET', 'a'])).toBeNull();
    expect(connection.stats()).toMatchObject({
      open: true,
      states: { commands: 'ready', subscription: 'unused' },
    });
    expect((await connection.health()).status).toBe('up');
  });

  it('does not wait for a server that refuses it', async () => {
    await redis.kill();
    const connection = connect({ connectTimeoutMs: 60_000, commandTimeoutMs: 60_000 });
    await connection.open();
    await expect(connection.command(['PING'])).rejects.toThrow('ECONNREFUSED');
    await redis.restart();
    await eventually(async () => expect((await connection.health()).status).toBe('up'));
  });

  it('never shows its password', async () => {
    await connect().command(['CONFIG', 'SET', 'requirepass', 'open-sesame']);
    const url = (password: string) => redis.url.replace('//', `//default:${password}@`);
    const right = connect({ url: url('open-sesame') });
    expect(await right.command(['PING'])).toBe('PONG');
    const wrong = connect({ url: url('wrong-sesame'), connectTimeoutMs: 200 });
    await wrong.open();
    let health = await wrong.health();
    await eventually(async () => {
      health = await wrong.health();
      expect(health).toMatchObject({ status: 'down', error: { code: 'CACHE_TIER_FAILED' } });
      expect(health.error?.message).toContain('WRONGPASS');
    });
    const failure = await markitectFailure(() => new RedisTier({ connection: wrong }).getMany(['a']));
    const shown = [right, wrong, right.stats(), wrong.stats(), health, failure].map((each) =>
      inspect(each, { depth: 20, showHidden: true }),
    );
    expect(shown.join('\n') + JSON.stringify([right, wrong, health])).not.toContain('sesame');
  });

  it('is no error to open while the server is away, and comes by itself', async () => {
    await redis.kill();
    const connection = connect({ connectTimeoutMs: 100 });
    await connection.open();
    const tier = new RedisTier({ connection });
    expect(await markitectFailure(() => tier.setMany([['a', entry('x')]]))).toMatchObject({
      code: 'CACHE_TIER_FAILED',
      retryable: true,
    });
    expect((await connection.health()).status).toBe('down');
    await redis.restart();
    await eventually(async () => expect((await connection.health()).status).toBe('up'));
    await tier.setMany([['a', entry('x')]]);
    expect(await tier.getMany(['a'])).toEqual([entry('x')]);
    expect(connection.stats().counters?.reconnects).toBeGreaterThan(0);
  });

  it('fails at once while the connection is lost, also what was under way', async () => {
    const connection = connect();
    await connection.open();
    const waiting = connection.command(['BLPOP', 'nothing', '0']).catch((error: unknown) => error);
    await redis.kill();
    expect(await waiting).toBeInstanceOf(Error);
    await expect(connection.command(['PING'])).rejects.toThrow('is not connected');
  });

  it('waits once for a server that hangs, fails at once until it answers, then goes on', async () => {
    const connection = connect({ commandTimeoutMs: 200 });
    await connection.open();
    await connect().command(['CLIENT', 'PAUSE', '450', 'ALL']);
    await expect(connection.command(['GET', 'a'])).rejects.toThrow('did not answer in 200 ms');
    const { timeouts } = connection.stats().counters ?? {};
    for (let index = 0; index < 50; index += 1) {
      await expect(connection.command(['GET', 'a'])).rejects.toThrow('stopped answering');
    }
    expect(connection.stats()).toMatchObject({ counters: { timeouts }, states: { commands: 'stalled' } });
    await eventually(async () => expect(await connection.command(['GET', 'a'])).toBeNull());
  });

  it('makes a socket anew that does not answer for long', async () => {
    const connection = connect({ commandTimeoutMs: 200 });
    const admin = connect();
    const heard: string[] = [];
    await connection.subscribe('news', (message) => heard.push(message));
    await admin.command(['CLIENT', 'PAUSE', '1500', 'ALL']);
    await expect(connection.command(['GET', 'a'])).rejects.toThrow('did not answer');
    await connection.checkSubscription();
    await eventually(async () => {
      await connection.command(['PUBLISH', 'news', 'all is well']);
      expect(heard).toContain('all is well');
    });
    expect(connection.stats().counters?.reconnects).toBeGreaterThanOrEqual(2);
  });

  it('finishes what was asked, refuses the rest, and closes for good', async () => {
    const connection = connect();
    await connection.open();
    const asked = Array.from({ length: 100 }, () => connection.command(['PING']));
    const closing = connection.close();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['PONG']));
    await closing;
    await connection.close();
    for (const use of [() => connection.open(), () => connection.command(['PING'])]) {
      expect((await markitectFailure(use)).code).toBe('CONNECTION_CLOSED');
    }
    expect((await connection.health()).status).toBe('closed');
    expect(connection.stats().open).toBe(false);
  });

  it('does not talk plainly where TLS was asked for', async () => {
    const connection = connect({ url: redis.url.replace('redis:', 'rediss:'), connectTimeoutMs: 200 });
    await connection.open();
    expect((await connection.health()).status).toBe('down');
  });

  it('empties a prefix and nothing else, takes what is damaged for nothing, and says when Redis is full', async () => {
    const connection = connect();
    const odd = new RedisTier({ connection, prefix: 'a*[b]?' });
    const other = new RedisTier({ connection, prefix: 'ab' });
    const many = Array.from({ length: 3000 }, (_, index) => [`k${index}`, entry('x')] as const);
    for (const tier of [odd, other]) await tier.setMany(many);
    await odd.clear();
    expect((await odd.getMany(['k0', 'k2999'])).every((each) => each === undefined)).toBe(true);
    expect(await other.getMany(['k0', 'k2999'])).toEqual([entry('x'), entry('x')]);
    await connection.command(['SET', 'ab:e:k0', 'garbage']);
    await connection.command(['SET', 'ab:e:k1', 'tx|y|z']);
    expect(await other.getMany(['k0', 'k1'])).toEqual([undefined, undefined]);
    await connection.command(['CONFIG', 'SET', 'maxmemory', '1']);
    const failure = await markitectFailure(() => other.setMany([['b', entry('x')]]));
    expect(failure.code).toBe('CACHE_TIER_FAILED');
    expect(failure.message).toContain('OOM');
  });
});
