import { describe, expect, it } from '@jest/globals';
import { openMoved } from './open-moved.js';

const asked = { who: 'ada', why: 'a test' };

describe('/v1/cutover', () => {
  it('moves a component from one store to the other', async () => {
    const { ask, close } = await openMoved();
    expect((await ask('GET', '/cutover')).body).toMatchObject({
      items: [{ component: 'users', stage: 'legacy', next: 'start', blockers: [] }],
    });
    const step = (name: string, more = {}) => ask('POST', `/cutover/users/${name}`, { ...asked, ...more });
    expect((await step('start')).body).toMatchObject({ stage: 'mirror', lastChange: { who: 'ada' } });
    const refused = await step('switch-reads', { percent: 100 });
    expect(refused).toMatchObject({ status: 409, body: { code: 'CUTOVER_NOT_READY' } });
    expect((await step('backfill')).body).toMatchObject({ status: 'complete', seen: 2, copied: 2, total: 2 });
    expect((await step('diff')).body).toMatchObject({ status: 'complete', compared: 2, differences: [] });
    expect((await step('switch-reads', { percent: 100, dryRun: true })).body).toMatchObject({
      isDone: false,
    });
    expect((await step('switch-reads', { percent: 100 })).body).toMatchObject({ isDone: true });
    expect((await step('switch-writes')).body).toMatchObject({ to: { stage: 'modern' }, isDone: true });
    expect((await ask('PUT', '/users/ada', { name: 'Lovelace' })).status).toBeLessThan(300);
    expect((await step('reverse')).body).toMatchObject({ stage: 'served', percent: 100 });
    expect((await step('cancel')).body).toMatchObject({ stage: 'legacy' });
    expect((await ask('GET', '/users/ada')).body).toMatchObject({ value: { name: 'Lovelace' } });
    const { body } = await ask('GET', '/cutover/log?component=users&limit=1');
    expect(body).toMatchObject({ items: [{ action: 'cancel', why: 'a test' }] });
    await close();
  });

  it('tells of repairs, differences and limits, and of what is not there', async () => {
    const { ask, close } = await openMoved();
    expect((await ask('GET', '/cutover/users/repairs')).body).toEqual({ items: [] });
    expect((await ask('GET', '/cutover/users/mismatches')).body).toEqual({ items: [] });
    expect(await ask('GET', '/cutover/repairs/1')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/cutover/issues')).toMatchObject({
      status: 404,
      body: { code: 'CUTOVER_NOT_FOUND' },
    });
    expect((await ask('POST', '/cutover/users/repairs/retry', {})).body).toEqual({ repaired: 0, failed: 0 });
    const limited = await ask('PATCH', '/cutover/users/limits', { ...asked, maxLatencyRatio: 9 });
    expect(limited.body).toMatchObject({ limits: { maxLatencyRatio: 9, minCompared: 100 } });
    expect(await ask('POST', '/cutover/users/start', { who: 'ada' })).toMatchObject({ status: 400 });
    await close();
  });

  it('names degraded components in the headers of answers', async () => {
    const { ask, application, close } = await openMoved();
    await application.cutover.start('users', asked);
    expect((await ask('GET', '/cutover')).headers['markitect-degraded']).toBeUndefined();
    application.cutover.degraded = () => Promise.resolve(['users']);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await ask('GET', '/users/ada')).headers['markitect-degraded']).toBe('users');
    await close();
  });
});
