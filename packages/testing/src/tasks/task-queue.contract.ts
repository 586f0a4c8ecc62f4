import { describe } from '@jest/globals';
import { describeAdministering } from './queue-contract/administering.js';
import { describeClaiming } from './queue-contract/claiming.js';
import type { OpenTaskQueue } from './queue-contract/contract-section.js';
import { describeEnqueueing } from './queue-contract/enqueueing.js';
import { describeSettling } from './queue-contract/settling.js';

/**
 * What every TaskQueue promises, whatever it keeps its tasks in. `open` gives a new, empty one for each test, with a
 * clock that the test moves.
 */
export function describeTaskQueueContract(name: string, open: OpenTaskQueue): void {
  describe(`${name} keeps the TaskQueue contract`, () => {
    describeEnqueueing(open);
    describeClaiming(open);
    describeSettling(open);
    describeAdministering(open);
  });
}
