import { describe, expect, it } from '@jest/globals';
import { errorCodes } from '@markitect/domain';
import { errorOutcomes, EXIT_PARTIAL } from './error-outcomes.js';

describe('error outcomes', () => {
  it.each(Object.entries(errorCodes))('%s ends a command and a request', (_, { kind }) => {
    const { exitCode, httpStatus } = errorOutcomes[kind];
    expect([1, 2, 3, 4, 5]).toContain(exitCode);
    expect(httpStatus).toBeGreaterThanOrEqual(400);
    expect(httpStatus).toBeLessThan(600);
  });

  it('are those the reference promises', () => {
    const exitCodes = Object.entries(errorOutcomes).map(([kind, { exitCode }]) => [kind, exitCode]);
    expect(Object.fromEntries(exitCodes)).toEqual({
      Unexpected: 1,
      Invalid: 2,
      Forbidden: 2,
      NotSupported: 2,
      NotFound: 3,
      Conflict: 4,
      Unavailable: 5,
      RateLimited: 5,
      Timeout: 5,
      Corrupt: 5,
    });
  });

  it('keep the exit code of partial success apart', () => {
    expect(Object.values(errorOutcomes).map((outcome) => outcome.exitCode)).not.toContain(EXIT_PARTIAL);
  });
});
