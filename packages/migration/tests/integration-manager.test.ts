import { describe, expect, it } from '@jest/globals';
import { type CutoverSide, Unavailable } from '@markitect/domain';
import { diff, environmentFlags, IntegrationManager, StageFlags } from '../src/index.js';
import { Degradation } from '../src/manager/degradation.js';
import { watch } from '../src/manager/guard.js';
import { keptComponent } from './kept-component.js';

describe('The guard', () => {
  it('leaves what is within the limits alone', async () => {
    const { serve, component, operations, measure, stage } = keptComponent();
    await serve(50);
    await measure('modern', 200, 1);
    expect(await watch(component, operations)).toEqual([]);
    expect(await stage()).toBe('served');
  });

  it('goes back one step past the limits, says why in the log, and does not go on', async () => {
    const { serve, component, operations, measure, store, clock, stage } = keptComponent();
    await serve(100);
    await operations.switchWrites({ who: 'test', why: 'a test' });
    await measure('modern', 200, 20);
    await clock.sleep(10);
    expect(await watch(component, operations)).toEqual([expect.objectContaining({ gate: 'errors' })]);
    expect(await stage()).toBe('served');
    const [last] = (await store.log({ component: 'users', limit: 1 })).items;
    expect(last).toMatchObject({ who: 'guard', action: 'reverse' });
    expect(last?.why).toContain('10.00 % of 200 operations of modern failed');
    await clock.sleep(10);
    expect(await watch(component, operations)).toEqual([]);
  });

  it('goes back only from where it has judged', async () => {
    const { serve, component, operations, stage } = keptComponent();
    await serve(50);
    const { epoch } = await component.reload();
    await operations.switchReads(20, { who: 'test', why: 'somebody else' });
    await expect(operations.reverse({ who: 'guard', why: 'late' }, epoch)).rejects.toMatchObject({
      code: 'CUTOVER_CHANGED',
    });
    expect(await stage()).toBe('served');
  });
});

describe('Degradation', () => {
  const down = (sides: ReadonlySet<CutoverSide>) => (side: CutoverSide) =>
    sides.has(side)
      ? Promise.reject(new Unavailable('DATABASE_UNAVAILABLE', `${side} is down`))
      : Promise.resolve();

  it('lets the other side answer after three failures, and gives back after three successes', async () => {
    const { serve, component, operations, stage, records, stores } = keptComponent();
    await serve(30);
    const broken = new Set<CutoverSide>(['legacy']);
    const degradation = new Degradation(component, operations, down(broken));
    await degradation.check();
    await degradation.check();
    expect(await stage()).toBe('served');
    await degradation.check();
    expect(await stage()).toBe('modern');
    expect(await degradation.degradedFrom()).toEqual({ stage: 'served', percent: 30 });
    await records.save('bob', { name: 'Bob' });
    broken.clear();
    for (let look = 0; look < 3; look += 1) {
      expect(await stage()).toBe('modern');
      await degradation.check();
    }
    expect(await component.reload()).toMatchObject({ stage: 'served', percent: 30 });
    expect(await stores.legacy.get('bob')).toMatchObject({ value: { name: 'Bob' } });
    expect(await degradation.degradedFrom()).toBeUndefined();
  });

  it('stays where it is while the other side has not everything, or is down too', async () => {
    const { component, operations, stage, serve } = keptComponent();
    await operations.start({ who: 'test', why: 'a test' });
    const broken = new Set<CutoverSide>(['legacy']);
    const degradation = new Degradation(component, operations, down(broken));
    for (let look = 0; look < 4; look += 1) await degradation.check();
    expect(await stage()).toBe('mirror');
    await serve(10);
    broken.add('modern');
    const other = new Degradation(component, operations, down(broken));
    for (let look = 0; look < 4; look += 1) await other.check();
    expect(await stage()).toBe('served');
  });
});

describe('IntegrationManager', () => {
  const probe = (): Promise<void> => Promise.resolve();

  it('follows a flag, keeps the heart beating, and tells the health', async () => {
    const { component, store, clock, serve } = keptComponent();
    await serve(10);
    const env = { MARKITECT_CUTOVER_USERS: 'served:60' };
    const flags = await StageFlags.open([environmentFlags(env)], { domain: 'managed' });
    const manager = new IntegrationManager([{ component, probe }], { flags });
    await manager.start();
    await clock.sleep(1);
    expect(await component.reload()).toMatchObject({ stage: 'served', percent: 60 });
    const [last] = (await store.log({ component: 'users', limit: 1 })).items;
    expect(last).toMatchObject({ who: 'flag', action: 'override', why: 'the flag says served 60 %' });
    expect(await manager.health()).toEqual([
      expect.objectContaining({
        component: 'users',
        isDegraded: false,
        isUp: { legacy: true, modern: true },
      }),
    ]);
    await manager.stop();
  });

  it('does not serve from modern what was never copied, whatever a flag says', async () => {
    const { component, records, stores, stage } = keptComponent();
    await stores.legacy.save('ann', { name: 'Ann' });
    const env = { MARKITECT_CUTOVER_USERS: 'modern' };
    const flags = await StageFlags.open([environmentFlags(env)], { domain: 'refused' });
    const failures: unknown[] = [];
    const manager = new IntegrationManager([{ component, probe }], {
      flags,
      onFailure: (_, error) => failures.push(error),
    });
    await manager.announce();
    expect(failures).toEqual([expect.objectContaining({ code: 'CUTOVER_NOT_READY' })]);
    expect(await stage()).toBe('legacy');
    expect(await records.get('ann')).toMatchObject({ value: { name: 'Ann' } });
  });

  it('finds flags out that contradict each other', async () => {
    const { component, serve, clock, operations } = keptComponent();
    await serve(10);
    const failures: unknown[] = [];
    const moved: unknown[] = [];
    const told = ['served:20', 'served:30'];
    const managers = await Promise.all(
      told.map(async (text, index) => {
        const providers = [environmentFlags({ MARKITECT_CUTOVER_USERS: text })];
        const flags = await StageFlags.open(providers, { domain: `flapping-${index}` });
        return new IntegrationManager([{ component, probe }], {
          flags,
          onFailure: (_, error) => failures.push(error),
          onOverride: (_, from, to) => moved.push([from.percent, to.percent]),
        });
      }),
    );
    const rounds = async (): Promise<void> => {
      for (let round = 0; round < 3; round += 1) for (const manager of managers) await manager.announce();
    };
    await rounds();
    expect(failures[0]).toMatchObject({ code: 'CUTOVER_CHANGED' });
    expect(moved).toEqual([
      [10, 20],
      [20, 30],
      [30, 20],
      [20, 30],
    ]);
    // Some more after a while, and then none for an hour; a change by hand begins anew.
    for (let minute = 0; minute < 30; minute += 1) {
      await clock.sleep(60_000);
      await rounds();
    }
    expect(moved).toHaveLength(7);
    await operations.switchReads(5, { who: 'test', why: 'by hand' });
    await rounds();
    expect(moved).toHaveLength(11);
  });

  it('follows a flag that goes forward in small steps', async () => {
    const { component, serve } = keptComponent();
    await serve(1);
    for (const percent of [2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]) {
      const providers = [environmentFlags({ MARKITECT_CUTOVER_USERS: `served:${percent}` })];
      const flags = await StageFlags.open(providers, { domain: `forward-${percent}` });
      await new IntegrationManager([{ component, probe }], { flags }).announce();
      expect((await component.reload()).percent).toBe(percent);
    }
  });

  it('does not let a flag take the final step while a gate is against it', async () => {
    const { component, serve, operations, stage, clock } = keptComponent();
    await serve(100);
    const complete = (): Promise<unknown> =>
      operations.override('complete', 100, { who: 'flag', why: 'a test' });
    await expect(complete()).rejects.toMatchObject({ code: 'CUTOVER_NOT_READY' });
    await operations.switchWrites({ who: 'test', why: 'a test' });
    await clock.sleep(2 * 3600_000);
    await expect(complete()).rejects.toMatchObject({ code: 'CUTOVER_NOT_READY' });
    expect(await stage()).toBe('modern');
    await diff(component, { restart: true });
    await complete();
    expect(await stage()).toBe('complete');
  });
});
