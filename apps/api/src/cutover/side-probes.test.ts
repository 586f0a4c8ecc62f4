import { describe, expect, it } from '@jest/globals';
import { type CutoverSide, Unavailable } from '@markitect/domain';
import type { MovedComponent } from './moved-component.js';
import { SideProbes } from './side-probes.js';

const moved = (probe: MovedComponent['probe']) => ({ component: { name: 'users' }, probe });

describe('SideProbes', () => {
  it('says which side is down, and why', async () => {
    const asked: CutoverSide[] = [];
    const component = moved((side) => {
      asked.push(side);
      // Not every probe fails as a promise.
      if (side === 'legacy') throw new Unavailable('LEGACY_FILE_BUSY', 'somebody has it');
      return Promise.resolve();
    });
    expect(await new SideProbes().look(component)).toEqual({
      isUp: { legacy: false, modern: true },
      failures: { legacy: { code: 'LEGACY_FILE_BUSY', message: 'somebody has it' } },
    });
    expect(asked).toEqual(['legacy', 'modern']);
  });

  it('waits for a side no longer than its limit, and does not ask again while it hangs', async () => {
    let asked = 0;
    let answer = (): void => undefined;
    const component = moved((side) => {
      if (side === 'legacy') return Promise.reject(new Error('gone'));
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    });
    const probes = new SideProbes(5);
    for (let time = 0; time < 2; time += 1) {
      expect(await probes.look(component)).toEqual({
        isUp: { legacy: false, modern: false },
        failures: {
          legacy: { code: 'UNEXPECTED', message: 'gone' },
          modern: { code: 'DEADLINE_EXCEEDED', message: 'modern has not answered within 0.005 s' },
        },
      });
    }
    expect(asked).toBe(1);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    await probes.look(component);
    expect(asked).toBe(2);
  });
});
