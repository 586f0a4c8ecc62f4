export { describeCommands } from './program/describe-commands.js';
export type { CliDescription, CommandDescription, OptionDescription } from './program/describe-commands.js';
export type { ArgumentDefinition, Example } from './commands/command.js';
export { runCli } from './program/run-cli.js';
export type { CliHost } from './program/run-cli.js';
export type { Output } from './terminal/terminal.js';
