import { describe, it } from '@jest/globals';
import { giteaProgram } from './gitea-program.js';
import { redisProgram } from './redis.js';

/** A program that tests start themselves, when this machine has it. */
export type ServiceName = 'gitea' | 'redis';

const services: Record<ServiceName, { program: () => string | undefined; hint: string }> = {
  gitea: { program: giteaProgram, hint: 'no gitea: `node tools/gitea.mjs` builds one' },
  redis: { program: redisProgram, hint: 'no redis-server on the PATH' },
};

/** Whether a missing service or right fails the tests that need it: MARKITECT_REQUIRE_SERVICES=1, as CI sets it. */
export function servicesAreRequired(): boolean {
  return process.env.MARKITECT_REQUIRE_SERVICES === '1';
}

/**
 * `it` when the condition holds. Otherwise a test under it is reported as skipped, or, where services are required
 * (see servicesAreRequired), fails, naming the reason.
 *
 * ```ts
 * const onMount = itWhere(await mountable(), 'no file system can be mounted here');
 * ```
 */
export function itWhere(condition: boolean, reason: string): typeof it {
  if (condition) return it;
  if (!servicesAreRequired()) return it.skip as typeof it;
  throw new Error(`This test file is required to run whole, and can't: ${reason}.`);
}

/**
 * A suite that needs a real service. Where its program is absent the suite is one test, reported as skipped, whose name
 * says why; where services are required (see servicesAreRequired) that test fails. `body` is not called then.
 */
export function describeWithService(service: ServiceName, title: string, body: () => void): void {
  const { program, hint } = services[service];
  if (program() !== undefined) {
    describe(`${title} (real ${service})`, body);
    return;
  }
  describe(title, () => {
    const name = `needs a real ${service} (${hint})`;
    if (servicesAreRequired()) {
      it(name, () => {
        throw new Error(`MARKITECT_REQUIRE_SERVICES is 1: ${hint}.`);
      });
    } else {
      it.skip(name, () => undefined);
    }
  });
}
