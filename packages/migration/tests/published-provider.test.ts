import { afterEach, expect, it } from '@jest/globals';
import { EnvVarProvider } from '@openfeature/env-var-provider';
import { IntegrationManager, StageFlags } from '../src/index.js';
import { keptComponent } from './kept-component.js';

afterEach(() => {
  delete process.env.MARKITECT_CUTOVER_USERS;
});

it("drives the stages by OpenFeature's own provider for the environment, without a change of code", async () => {
  const kept = keptComponent();
  const flags = await StageFlags.open([new EnvVarProvider()], { domain: 'published' });
  const failures: unknown[] = [];
  const probe = (): Promise<void> => Promise.resolve();
  const manager = new IntegrationManager([{ component: kept.component, probe }], {
    flags,
    onFailure: (_, error) => failures.push(error),
  });
  await kept.serve(10);
  for (const [text, stage, percent] of [
    ['served:40', 'served', 40],
    ['modern', 'modern', 100],
    ['mirror', 'mirror', 0],
    ['legacy', 'legacy', 0],
  ] as const) {
    process.env.MARKITECT_CUTOVER_USERS = text;
    await manager.announce();
    expect(await kept.component.reload()).toMatchObject({ stage, percent });
    expect(await kept.records.get('ann')).toMatchObject({ value: { name: 'Ann' } });
    // Told apart from flags that contradict each other.
    await kept.clock.sleep(10_000);
  }
  delete process.env.MARKITECT_CUTOVER_USERS;
  await manager.announce();
  expect(await kept.stage()).toBe('legacy');
  expect(failures).toEqual([]);
});
