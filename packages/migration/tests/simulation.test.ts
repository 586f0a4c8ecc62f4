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
  const sum = { reads: 0, exempt: 0, acknowledged: 0, changes: 0 };

  it(`loses no acknowledged write, whatever happens between any two steps (${runs} schedules of ${LENGTH}, seed ${seed})`, async () => {
    const property = fc.asyncProperty(schedules(LENGTH), async (commands: Command[]) => {
      const simulation = new Simulation();
      await simulation.run(commands);
      const { reads, exemptReads, acknowledged } = simulation.history;
      sum.reads += reads;
      sum.exempt += exemptReads;
      sum.acknowledged += acknowledged;
      sum.changes += simulation.cluster.book.log.length;
      await new Promise((resolve) => setImmediate(resolve));
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: !isShrinking });
  }, 3_600_000);

  it(`keeps that with managers that degrade, restore and reverse by themselves`, async () => {
    const actions = new Set<string>();
    const property = fc.asyncProperty(schedules(LENGTH), async (commands: Command[]) => {
      const simulation = new Simulation(true);
      await simulation.run(commands);
      for (const { action } of simulation.cluster.book.log) actions.add(action);
      await new Promise((resolve) => setImmediate(resolve));
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 40), seed, endOnFailure: !isShrinking });
    expect([...actions]).toEqual(expect.arrayContaining(['degrade', 'restore']));
  }, 3_600_000);

  it('has seen enough to say something', () => {
    expect(sum.acknowledged / runs).toBeGreaterThan(10);
    expect(sum.exempt / sum.reads).toBeLessThan(0.5);
    expect(sum.changes / runs).toBeGreaterThan(3);
    process.stdout.write(`simulated: ${JSON.stringify(sum)}\n`);
  });
});
