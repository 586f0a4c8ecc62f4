import type { FactoryContext } from '@markitect/ports';
import type { CacheCore } from '../cache-core.js';
import type { FactoryCall } from './factory-call.js';

/** A factory of whatever type. */
export type AnyFactory = (context: FactoryContext<unknown>) => unknown;

/** Runs a factory, and counts and tells how it went. Throws what it throws. */
export async function runFactory(
  { time, counters, events, aroundFactory }: CacheCore,
  namespace: string,
  factory: AnyFactory,
  call: FactoryCall,
): Promise<unknown> {
  const { key } = call;
  const started = time.now();
  counters.factoryRuns += 1;
  const run = async (): Promise<unknown> => await factory(call);
  try {
    const value = await (aroundFactory === undefined ? run() : aroundFactory(namespace, run));
    const ms = time.now() - started;
    counters.factoryMs += ms;
    events.emit('refresh', { namespace, key, ms });
    return value;
  } catch (error) {
    counters.factoryFailures += 1;
    counters.factoryMs += time.now() - started;
    events.emit('refresh-failed', { namespace, key, error });
    throw error;
  }
}
