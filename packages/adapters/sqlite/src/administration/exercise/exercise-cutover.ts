import type { CutoverMark, CutoverStateStore } from '@markitect/ports';

const failure = { code: 'UNEXPECTED', message: 'exercise' };
const soon = '1970-01-01T00:00:00.000Z';

/** Calls every operation, so that each statement of it is prepared. What it makes stays. */
export async function exerciseCutover(store: CutoverStateStore): Promise<void> {
  const component = 'exercise';
  const { limits } = await store.create(component, 'exercise', 'exercise');
  await store.list();
  await store.update(component, { limits, diff: null });
  await store.heartbeat('exercise', 60_000);
  const move = async (stage: 'mirror' | 'modern' | 'legacy'): Promise<void> => {
    const epoch = (await store.get(component))?.epoch ?? 0;
    const token = `change ${epoch}`;
    const log = { who: 'exercise', action: 'exercise', why: 'exercise' };
    const change = { component, epoch, token, stage, percent: 0, ...log };
    await store.beginChange(change, 'exercise');
    await store.abortChange(change);
    await store.beginChange(change, 'exercise');
    await store.finishChange(change);
  };
  let tokens = 0;
  const markOf = async (process = 'exercise'): Promise<CutoverMark> => {
    const epoch = (await store.get(component))?.epoch ?? 0;
    const mark = {
      component,
      keys: ['k'],
      token: `mark ${(tokens += 1)}`,
      process,
      epoch,
      source: 'legacy',
    } as const;
    await store.mark(mark);
    return mark;
  };
  await move('mirror');
  const [first, second, third] = [await markOf(), await markOf(), await markOf('silent')];
  await store.look(component, ['k']);
  await store.settle(first);
  await store.settle(second);
  await store.renew(third);
  await store.release(third);
  await store.park(await markOf(), failure, soon);
  await store.retryRepairs(component);
  const claim = { token: 'claim', process: 'exercise', source: 'legacy', limit: 1 } as const;
  const [repair] = await store.claim(component, claim);
  await store.repair(repair?.id ?? 0);
  const mark: CutoverMark = { component, keys: ['k'], epoch: 0, ...claim };
  await store.settle(mark);
  await store.settle(mark);
  await store.park(mark, failure, soon);
  await move('modern');
  const carrying = {
    ...mark,
    token: 'carrying',
    epoch: (await store.get(component))?.epoch ?? 0,
    source: 'modern',
  } as const;
  await store.mark(carrying);
  await store.absorb(carrying);
  await store.release(carrying);
  await move('legacy');
  await store.depth(component);
  const tally = { component, side: 'legacy', operations: 1, errors: 0, compared: 0, mismatched: 0 } as const;
  await store.tally([tally], [{ component, operation: 'get', fields: [], at: soon }]);
  await store.tallies(component, soon);
  for (const page of [{}, { limit: 1 }]) {
    await store.repairs(component, page);
    await store.mismatches(component, page);
    await store.log({ ...page, component });
    await store.log(page);
  }
}
