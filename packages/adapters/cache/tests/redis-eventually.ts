import { setTimeout as pause } from 'node:timers/promises';

/** Tries again until it does not throw, for ten seconds. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await pause(10);
  }
}
