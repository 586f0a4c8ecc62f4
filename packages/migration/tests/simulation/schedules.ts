import fc from 'fast-check';
import { type Command, commandNames } from './commands.js';

const MAX_SEED = 2 ** 31 - 1;

const command: fc.Arbitrary<Command> = fc.record({
  name: fc.constantFrom(...commandNames),
  seed: fc.nat(MAX_SEED),
});

/** Schedules of so many commands; shorter ones only where one that failed is made smaller. */
class Schedules extends fc.Arbitrary<Command[]> {
  readonly #full: fc.Arbitrary<Command[]>;
  readonly #any = fc.array(fc.noShrink(command), { size: 'max' });

  constructor(length: number) {
    super();
    this.#full = fc.array(fc.noBias(command), { minLength: length, maxLength: length, size: 'max' });
  }

  override generate(random: fc.Random): fc.Value<Command[]> {
    return new fc.Value(this.#full.generate(random, undefined).value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Command[] {
    return Array.isArray(value);
  }

  override shrink(value: Command[]): fc.Stream<fc.Value<Command[]>> {
    return this.#any.shrink(value, undefined).map((each) => new fc.Value(each.value, undefined));
  }
}

export function schedules(length: number): fc.Arbitrary<Command[]> {
  return new Schedules(length);
}
