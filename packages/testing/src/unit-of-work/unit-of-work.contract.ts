import { describe } from '@jest/globals';
import { describeCancellation } from './contract/cancellation.js';
import { describeConcurrency } from './contract/concurrency.js';
import type { OpenUnitOfWork } from './contract/contract-section.js';
import { describeFilesAndEffects } from './contract/files-and-effects.js';
import { describeIssues } from './contract/issues.js';
import { describeNesting } from './contract/nesting.js';
import { describeOutcomes } from './contract/outcomes.js';
import { describeResearch } from './contract/research.js';
import { describeSequences } from './contract/sequences.js';
import { describeTasks } from './contract/tasks.js';

/**
 * What every UnitOfWork promises, whatever it keeps its rows and files in. `open` gives a new, empty one for each test,
 * with the roots `files` and `others`. No crash is part of this: what survives one is the crash harness's to say.
 */
export function describeUnitOfWorkContract(name: string, open: OpenUnitOfWork): void {
  describe(`${name} keeps the UnitOfWork contract`, () => {
    describeOutcomes(open);
    describeNesting(open);
    describeConcurrency(open);
    describeCancellation(open);
    describeFilesAndEffects(open);
    describeIssues(open);
    describeResearch(open);
    describeSequences(open);
    describeTasks(open);
  });
}
