import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { breaks } from './simulation/breaks/breaks.js';
import type { Command } from './simulation/commands.js';
import { schedules } from './simulation/schedules.js';
import { Simulation } from './simulation/simulation.js';
import { Violation } from './simulation/violation.js';

/** As many commands make a schedule. */
const LENGTH = 100;

const seed = Number(process.env.MARKITECT_SIMULATION_SEED ?? 7);

describe('The simulation of a cutover sees a deliberate bug', () => {
  for (const broken of breaks) {
    const { name, what, seenBy, within } = broken;
    it(`${name}: ${what}`, async () => {
      const property = fc.asyncProperty(schedules(LENGTH), async (commands: Command[]) => {
        await new Simulation({ broken }).run(commands);
        await new Promise((resolve) => setImmediate(resolve));
      });
      const options = { numRuns: within, seed, endOnFailure: true };
      const { failed, numRuns, errorInstance } = await fc.check(property, options);
      // Anything else is a bug of the deliberate bug.
      if (failed && !(errorInstance instanceof Violation)) throw errorInstance;
      process.stdout.write(`${name}: ${failed ? '' : 'not '}seen by "${seenBy}" in ${numRuns} schedules\n`);
      expect(failed).toBe(true);
    }, 3_600_000);
  }
});
