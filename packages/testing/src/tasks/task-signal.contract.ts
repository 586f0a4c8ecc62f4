import { describe, expect, it } from '@jest/globals';
import type { TaskQueue, TaskSignal } from '@markitect/ports';

/** Signals under test, and the queue they tell of. */
export interface OpenedTaskSignal {
  readonly queue: TaskQueue;
  /** One more signal, for another worker. */
  readonly signal: () => TaskSignal;
  close(): Promise<void>;
}

/** Nobody waits that long in a test: a wait that settles has been told something. */
const LONG_MS = 60_000;

/** What every TaskSignal promises. `open` gives the signals of a new, empty queue. */
export function describeTaskSignalContract(name: string, open: () => Promise<OpenedTaskSignal>): void {
  const test = (body: (opened: OpenedTaskSignal) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
  /** Waits until nothing is left to be told. */
  const calm = async (signal: TaskSignal): Promise<void> => {
    for (let times = 0; times < 10; times += 1) await signal.wait(20);
  };

  describe(`${name} keeps the TaskSignal contract`, () => {
    it(
      'wakes all who wait after a task was enqueued',
      test(async ({ queue, signal }) => {
        const signals = [signal(), signal()];
        await Promise.all(signals.map(calm));
        const waiting = Promise.all(signals.map((each) => each.wait(LONG_MS)));
        await queue.enqueue([{ type: 'a' }]);
        await waiting;
      }),
    );

    it(
      'tells what came while nobody waited',
      test(async ({ queue, signal }) => {
        const [first, second] = [signal(), signal()];
        await calm(first);
        await calm(second);
        await queue.enqueue([{ type: 'a' }]);
        await first.wait(LONG_MS);
        await second.wait(LONG_MS);
      }),
    );

    it(
      'wakes for tasks that may begin again',
      test(async ({ queue, signal }) => {
        const mine = signal();
        const [added] = await queue.enqueue([{ type: 'a' }]);
        await queue.cancel(added?.id ?? 0);
        await queue.pause('a');
        for (const change of [() => queue.retry(added?.id ?? 0), () => queue.resume('a')]) {
          await calm(mine);
          const waiting = mine.wait(LONG_MS);
          await change();
          await waiting;
        }
      }),
    );

    it(
      'wakes at the latest after the time given, and when it is stopped',
      test(async ({ signal }) => {
        const mine = signal();
        await calm(mine);
        await mine.wait(1);
        const controller = new AbortController();
        const waiting = mine.wait(LONG_MS, controller.signal);
        controller.abort();
        await waiting;
        await mine.wait(LONG_MS, controller.signal);
        expect(controller.signal.aborted).toBe(true);
      }),
    );
  });
}
