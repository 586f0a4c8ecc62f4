import type { CommandContext } from '../program/command-context.js';

/** A positional argument. */
export interface ArgumentDefinition {
  /** As in help: `path`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  /** Takes all that is left, at least one unless optional. */
  readonly variadic?: boolean;
}

/** An option. Flags follow commander: `--limit <count>` takes a value, `--prune` none. */
export interface OptionDefinition {
  readonly flags: string;
  readonly description: string;
  /** Shown in help and used when the option is not given. */
  readonly default?: string | number | boolean | readonly string[];
  /** What help shows as the default when the value is decided elsewhere. */
  readonly defaultText?: string;
  /** Checks and converts a value. Throws UsageError naming the option. */
  readonly parse?: (value: string) => unknown;
  /** May be given more than once; the values become a list. */
  readonly repeatable?: boolean;
  readonly choices?: readonly string[];
  /** Names (camel case) of options this one cannot be used with. */
  readonly conflicts?: readonly string[];
  /** The heading it stands under in help. Default: `Options`. */
  readonly group?: string;
}

/** A command line and what it does. */
export interface Example {
  readonly command: string;
  readonly does: string;
}

/**
 * A command as data: commander, the help and the reference are made from it. `Options` are the options' values by
 * their camel-case names; those without a default may be missing.
 */
export interface CommandDefinition<Options extends object = object> {
  /** The words after `markitect`: `['docs', 'list']`. */
  readonly name: readonly string[];
  /** One line without a full stop. */
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  readonly examples: readonly Example[];
  /** The shape of the value that `--json` prints, as a TypeScript type. */
  readonly json: string;
  /**
   * Does it. `args` are the positional arguments, variadic ones included, in their order. Answers the exit code when
   * it is not 0. Throws what the services throw.
   */
  run(
    context: CommandContext,
    args: readonly string[],
    options: Options,
    // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- most commands have nothing to answer
  ): Promise<number | void>;
}

/** The last or only argument, which commander has made sure is there. */
export function argument(args: readonly string[], index = 0): string {
  return args[index] ?? '';
}

/** Checks a definition against the type of its options, which it infers from `run`. */
export function defineCommand<Options extends object>(
  definition: CommandDefinition<Options>,
): CommandDefinition<Options> {
  return definition;
}
