import type { CacheTier, InvalidationLog, LeaseStore } from '@markitect/ports';

/** Calls every operation, so that each statement of it is prepared. Leaves nothing behind. */
export async function exerciseTier(tier: CacheTier & { cleanUp(): Promise<void> }): Promise<void> {
  const entry = { version: 1, expiresAt: 1, body: 'exercise' };
  const many = Array.from({ length: 40 }, (_, index) => [`exercise:${index}`, entry] as const);
  await tier.setMany(many);
  await tier.getMany(['exercise:1']);
  await tier.deleteMany(['exercise:1']);
  await tier.cleanUp();
  const lasting = many.map(([key, each]) => [key, { ...each, expiresAt: Number.POSITIVE_INFINITY }] as const);
  await tier.setMany(lasting);
  await tier.cleanUp();
  await tier.usage();
  await tier.clear();
}

/** The same for a log of invalidations. What it appends stays. */
export async function exerciseLog(log: InvalidationLog): Promise<void> {
  const position = await log.append([{ kind: 'key', name: 'exercise' }, { kind: 'all' }]);
  await log.since(position - 1);
  await log.latest(['k:exercise']);
}

/** The same for leases. */
export async function exerciseLeases(leases: LeaseStore): Promise<void> {
  const failure = { code: undefined, message: 'exercise', details: {} };
  for (const outcome of [{ kind: 'done' }, { kind: 'failed', failure, keepMs: 60_000 }] as const) {
    const granted = await leases.acquire('exercise', 60_000);
    if (granted.kind !== 'granted') continue;
    await leases.acquire('exercise', 60_000);
    await leases.renew('exercise', granted.token, 60_000);
    await leases.release('exercise', granted.token, outcome);
  }
}
