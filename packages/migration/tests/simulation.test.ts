import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Command } from './simulation/commands.js';
import { schedules } from './simulation/schedules.js';
import { Simulation } from './simulation/simulation.js';

/** As many commands make a schedule. */
const LENGTH = 100;

/** More by `MARKITECT_SIMULATION_RUNS`, others by `MARKITECT_SIMULATION_SEED`; a failure names its seed and its shortest schedule. */
const runs = Number(process.env.MARKITECT_SIMULATION_RUNS ?? 1000);
/** 0: tell the first failure as it is, at once. */
const isShrinking = process.env.MARKITECT_SIMULATION_SHRINK !== '0';
const seed = Number(process.env.MARKITECT_SIMULATION_SEED ?? 7);

describe('The engine of a cutover, simulated', () => {
  const sum = { runs: 0, reads: 0, exempt: 0, acknowledged: 0, changes: 0 };

  it(`loses no acknowledged write, whatever happens between any two steps (${runs} schedules of ${LENGTH}, seed ${seed})`, async () => {
    const property = fc.asyncProperty(schedules(LENGTH), async (commands: Command[]) => {
      const simulation = new Simulation();
      await simulation.run(commands);
      const { reads, exemptReads, acknowledged } = simulation.history;
      sum.runs += 1;
      sum.reads += reads;
      sum.exempt += exemptReads;
      sum.acknowledged += acknowledged;
      sum.changes += simulation.cluster.book.log.length;
      await new Promise((resolve) => setImmediate(resolve));
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: !isShrinking });
  }, 3_600_000);

  it(`keeps that with managers that degrade, restore and reverse by themselves`, async () => {
    const managed = { runs: 0, degrade: 0, restore: 0 };
    const property = fc.asyncProperty(schedules(LENGTH), async (commands: Command[]) => {
      const simulation = new Simulation({ isManaged: true });
      await simulation.run(commands);
      const actions = new Set(simulation.cluster.book.log.map(({ action }) => action));
      managed.runs += 1;
      managed.degrade += actions.has('degrade') ? 1 : 0;
      managed.restore += actions.has('restore') ? 1 : 0;
      await new Promise((resolve) => setImmediate(resolve));
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 40), seed, endOnFailure: !isShrinking });
    process.stdout.write(`simulated with managers: ${JSON.stringify(managed)}\n`);
    // Some 30 % degrade, 18 % are restored too.
    const fewest = Math.floor(managed.runs / 25);
    expect(managed.degrade).toBeGreaterThanOrEqual(fewest);
    expect(managed.restore).toBeGreaterThanOrEqual(fewest);
  }, 3_600_000);

  it('has seen enough to say something', () => {
    process.stdout.write(`simulated: ${JSON.stringify(sum)}\n`);
    // Few schedules say nothing; many come near to their averages: 10.7 writes, 6.2 changes, a tenth of the reads.
    const margin = 20 * Math.sqrt(sum.runs);
    expect(sum.acknowledged).toBeGreaterThanOrEqual(10 * sum.runs - margin);
    expect(sum.changes).toBeGreaterThanOrEqual(5 * sum.runs - margin);
    expect(sum.exempt).toBeLessThanOrEqual(0.2 * sum.reads + margin);
  });
});
