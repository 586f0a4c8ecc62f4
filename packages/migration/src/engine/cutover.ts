import type { CutoverSide } from '@markitect/domain';
import type { Component } from './component.js';
import { type CutoverPlan, plannedOperations } from './cutover-plan.js';
import { read, routeRead } from './read-path.js';
import { write } from './write-path.js';

type Call = (...args: unknown[]) => unknown;

/**
 * Makes one repository of two: which of them is read and written, and what is copied, is decided at each call by the stage
 * of the component. Errors: those of the side that answers, those of the store of the stages; Conflict
 * `CUTOVER_SWITCHING` for a write that waited too long for a change of stage.
 */
export function cutover<P extends object>(
  plan: CutoverPlan<P>,
  sides: Readonly<Record<CutoverSide, P>>,
  component: Component,
): P {
  const ignore = new Set(plan.ignore);
  const operations = plannedOperations(plan, component.replicas !== undefined).map((operation) => {
    const { name, kind, keys } = operation;
    const call = (side: CutoverSide, args: readonly unknown[]): unknown =>
      (sides[side] as Readonly<Record<string, Call>>)[name]?.(...args);
    const promised = (args: readonly unknown[]) => async (side: CutoverSide) => await call(side, args);
    const clean = (answer: unknown): unknown => plan.clean?.(name as keyof P & string, answer) ?? answer;
    const isStream = plan.streams?.some((stream) => stream === name) ?? false;
    const run: Call = (...args) => {
      if (isStream)
        return sequence(component, keys(args), (side) => call(side, args) as AsyncIterable<unknown>);
      if (kind === 'write') return write(component, keys(args), promised(args));
      return answerOf(args);
    };
    const answerOf = async (args: readonly unknown[]): Promise<unknown> => {
      const route = await routeRead(component, keys(args));
      const answer = await read(component, route, promised(args));
      component.shadow.consider(route, answer, {
        operation: name,
        keys: keys(args),
        isAlike: (legacy, modern) => plan.compare?.(name as keyof P & string, legacy, modern) ?? false,
        clean,
        ignore,
        call: promised(args),
      });
      return answer;
    };
    return [name, run] as const;
  });
  return Object.fromEntries(operations) as P;
}

/** A sequence of the side that reads of these keys go to, chosen when it is begun. */
async function* sequence(
  component: Component,
  keys: readonly string[],
  call: (side: CutoverSide) => AsyncIterable<unknown>,
): AsyncGenerator {
  const { side } = await routeRead(component, keys);
  yield* call(side);
}
