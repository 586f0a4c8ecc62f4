import { allCommands, commandGroups } from '../commands/all-commands.js';
import type { ArgumentDefinition, Example, OptionDefinition } from '../commands/command.js';
import { globalOptions } from './global-options.js';

/** An option as documentation shows it. */
export interface OptionDescription {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly repeatable: boolean;
}

/** A command as documentation shows it. */
export interface CommandDescription {
  /** `docs list`. */
  readonly name: string;
  /** `markitect docs show [options] <path>`. */
  readonly usage: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments: readonly ArgumentDefinition[];
  readonly options: readonly OptionDescription[];
  readonly examples: readonly Example[];
  /** What `--json` prints, as a TypeScript type. */
  readonly json: string;
}

/** The whole command line. */
export interface CliDescription {
  readonly groups: readonly { readonly name: string; readonly summary: string }[];
  readonly commands: readonly CommandDescription[];
  /** The options of every command. */
  readonly globalOptions: readonly OptionDescription[];
}

/** Describes every command from the definitions the program itself is made of. Loads nothing heavy. */
export function describeCommands(): CliDescription {
  return {
    groups: commandGroups.map(({ name, summary }) => ({ name: name.join(' '), summary })),
    commands: allCommands.map((command) => {
      const name = command.name.join(' ');
      const args = command.arguments ?? [];
      const options = command.options ?? [];
      return {
        name,
        usage: ['markitect', name, ...(options.length > 0 ? ['[options]'] : []), ...args.map(usageOf)].join(
          ' ',
        ),
        summary: command.summary,
        ...(command.description === undefined ? {} : { description: command.description }),
        arguments: args,
        options: options.map(describeOption),
        examples: command.examples,
        json: command.json,
      };
    }),
    globalOptions: globalOptions.map(describeOption),
  };
}

function usageOf({ name, optional, variadic }: ArgumentDefinition): string {
  const inner = `${name}${variadic === true ? '...' : ''}`;
  return optional === true ? `[${inner}]` : `<${inner}>`;
}

function describeOption(option: OptionDefinition): OptionDescription {
  const written = option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
  return {
    flags: option.flags,
    description: option.description,
    ...(written === undefined ? {} : { default: written }),
    ...(option.choices === undefined ? {} : { choices: option.choices }),
    repeatable: option.repeatable ?? false,
  };
}
