import { describe } from '@jest/globals';
import { describeChanging } from './state-contract/changing.js';
import type { OpenCutoverState } from './state-contract/contract-section.js';
import { describeMarking } from './state-contract/marking.js';
import { describeRecording } from './state-contract/recording.js';
import { describeRepairing } from './state-contract/repairing.js';

/** What every CutoverStateStore promises. `open` gives two stores on one new, empty place for each test. */
export function describeCutoverStateStoreContract(name: string, open: OpenCutoverState): void {
  describe(`${name} keeps the CutoverStateStore contract`, () => {
    describeRecording(open);
    describeMarking(open);
    describeRepairing(open);
    describeChanging(open);
  });
}
