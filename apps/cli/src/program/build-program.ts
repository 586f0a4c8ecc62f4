import { Argument, Command, Option } from 'commander';
import { allCommands, type CommandGroup, commandGroups } from '../commands/all-commands.js';
import type { CommandDefinition, OptionDefinition } from '../commands/command.js';
import { globalOptions } from './global-options.js';

/** What happens with a command line that was understood. */
export type Invoke = (command: CommandDefinition, args: readonly string[], options: object) => Promise<void>;

/** Where help and the rest of commander's texts go. */
export interface HelpOutput {
  write(text: string): void;
  writeError(text: string): void;
  readonly width: number;
  readonly hasColors: boolean;
}

/**
 * The commander program made from the definitions. Its errors are thrown as `CommanderError`, help included.
 */
export function buildProgram(version: string, output: HelpOutput, invoke: Invoke): Command {
  const program = new Command('markitect');
  program
    .description('Markdown in, searchable knowledge out.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command...]', 'show the help of a command')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true, styleTitle: bold(output) })
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: (text) => output.writeError(text),
      // Errors are shown by whoever catches them, in the form of all errors.
      outputError: () => undefined,
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
      getOutHasColors: () => output.hasColors,
      getErrHasColors: () => output.hasColors,
    })
    .usage('<command> [options]');
  for (const definition of globalOptions) program.addOption(makeOption(definition, 'Global Options:'));

  const groups = new Map<string, Command>();
  for (const definition of allCommands) {
    const word = definition.name.slice(0, -1).join(' ');
    const group = commandGroups.find(({ name }) => name.join(' ') === word);
    if (group !== undefined && !groups.has(word)) {
      const above = groups.get(definition.name.slice(0, -2).join(' ')) ?? program;
      groups.set(word, addGroup(above, group));
    }
    addCommand(groups.get(word) ?? program, definition, invoke);
  }
  program.addHelpText('after', `\n${programNotes}`);
  return program;
}

const programNotes = `Begin with:
  markitect ingest <file or folder>    take Markdown in (makes .markitect here)
  markitect search <words>             find something in it, and in issues
  markitect issues create --title …    write an issue (kept here, or in Gitea)
  markitect board                      see all of them in their columns
  markitect workspace start <issue>    open a folder to work in
  markitect work                       do tasks: syncs, ingests, researches
  markitect serve                      offer it over HTTP, and do tasks

Exit codes:
  0 done   1 unexpected   2 bad usage or input   3 not found   4 conflict
  5 a store or server is unavailable   6 done in part

Environment:
  MARKITECT_DATA_DIR, MARKITECT_CONFIG    like --data-dir and --config
  NO_COLOR, FORCE_COLOR                   colors off, on
  MARKITECT_DEBUG=1                       stacks of errors
  OTEL_*                                  OpenTelemetry, off unless set`;

function bold({ hasColors }: HelpOutput): (text: string) => string {
  return hasColors ? (text) => `\u001b[1m${text}\u001b[22m` : (text) => text;
}

function addGroup(program: Command, { name, summary }: CommandGroup): Command {
  return program
    .command(name.at(-1) ?? '')
    .summary(summary)
    .description(sentence(summary))
    .usage('<command> [options]')
    .helpCommand('help [command]', 'show the help of a command');
}

function addCommand(parent: Command, definition: CommandDefinition, invoke: Invoke): void {
  const command = parent.command(definition.name.at(-1) ?? '');
  command.summary(definition.summary).description(describe(definition));
  for (const { name, description, optional, variadic } of definition.arguments ?? []) {
    const inner = `${name}${variadic === true ? '...' : ''}`;
    command.addArgument(new Argument(optional === true ? `[${inner}]` : `<${inner}>`, description));
  }
  for (const option of definition.options ?? []) command.addOption(makeOption(option));
  command.addHelpText('after', `\n${notes(definition)}`);
  command.action(async () => {
    await invoke(definition, command.args, command.opts());
  });
}

function makeOption(definition: OptionDefinition, group?: string): Option {
  const { flags, description, parse, repeatable, choices, conflicts, defaultText } = definition;
  // Commander shows the text of a default only where there is a default.
  const shown = defaultText === undefined ? description : `${description} (default: ${defaultText})`;
  const option = new Option(flags, shown);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined || repeatable === true) {
    option.argParser<unknown>((value, previous) => {
      const parsed = parse === undefined ? value : parse(value);
      return repeatable === true
        ? [...(Array.isArray(previous) ? (previous as readonly unknown[]) : []), parsed]
        : parsed;
    });
  }
  if (definition.default !== undefined) option.default(definition.default);
  if (conflicts !== undefined) option.conflicts([...conflicts]);
  const heading = definition.group ?? group;
  if (heading !== undefined) option.helpGroup(heading);
  return option;
}

function describe({ summary, description }: CommandDefinition): string {
  return description === undefined ? sentence(summary) : `${sentence(summary)}\n\n${description}`;
}

function notes({ examples, name, json }: CommandDefinition): string {
  const lines = examples.flatMap(({ command, does }) => [`  # ${does}`, `  ${command}`]);
  const shape = json.split('\n').map((line) => `  ${line}`);
  return ['Examples:', ...lines, '', `With --json, ${name.join(' ')} prints:`, ...shape].join('\n');
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}
