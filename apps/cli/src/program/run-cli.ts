import { createRequire } from 'node:module';
import { type Command, CommanderError } from 'commander';
import { printableLine } from '../terminal/printable.js';
import { type Output, Terminal } from '../terminal/terminal.js';
import { buildProgram } from './build-program.js';
import { commandLineWith } from './command-line.js';
import type { CommandContext } from './command-context.js';
import { failureOf } from './failure.js';
import type { GlobalOptions } from './global-options.js';
import { printFailure } from './print-failure.js';
import { UsageError } from './usage-error.js';

/** The world a command runs in. A process is one; a test makes another. */
export interface CliHost {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** See {@link CommandContext.confirm}. */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** All of the standard input. Default: there is none. */
  readonly readInput?: () => Promise<Uint8Array>;
  /** See {@link CommandContext.onInterrupt}. */
  onInterrupt(stop: () => void): () => void;
}

const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string };

/**
 * Runs one command line (without node and script) and answers its exit code. Never throws: errors are printed to
 * stderr, and with `--json` to stdout as `{ "error": { code, message, remedy, details } }`.
 */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  // Errors in the command line itself must already be shown as the command line asks.
  let terminal = makeTerminal(host, {
    json: isAsked(argv, '--json'),
    color: !isAsked(argv, '--no-color'),
    quiet: false,
    verbose: false,
  });
  let exitCode = 0;
  const program = buildProgram(version, helpOutput(terminal), async (definition, args, options) => {
    const globals = program.opts<GlobalOptions>();
    terminal = makeTerminal(host, {
      json: globals.json ?? false,
      color: globals.color,
      quiet: globals.quiet ?? false,
      verbose: globals.verbose ?? false,
    });
    exitCode = (await definition.run(contextOf(argv, host, terminal, globals), args, options)) ?? 0;
  });
  try {
    await program.parseAsync(helpAsOption(argv, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const shown = usageErrorOf(error, argv, program) ?? error;
    printFailure(terminal, shown, host.env);
    return failureOf(shown).exitCode;
  }
}

function makeTerminal(
  { stdout, stderr, env }: CliHost,
  options: { json: boolean; color: boolean; quiet: boolean; verbose: boolean },
): Terminal {
  return new Terminal({ stdout, stderr, env, ...options });
}

/** Only the application is heavy; it is loaded by whatever first asks for it. */
function contextOf(
  argv: readonly string[],
  host: CliHost,
  terminal: Terminal,
  globals: GlobalOptions,
): CommandContext {
  const { cwd, env } = host;
  const config: CommandContext['config'] = async (flags) => {
    const { readConfig } = await import('../composition/read-config.js');
    return readConfig({ terminal, globals, cwd, env }, flags);
  };
  return {
    terminal,
    cwd,
    env,
    config,
    projectConfig: async () => {
      const { readProjectConfig } = await import('../composition/read-config.js');
      return readProjectConfig({ terminal, globals, cwd, env });
    },
    explainConfig: async () => {
      const { explainProjectConfig } = await import('../composition/read-config.js');
      return explainProjectConfig({ terminal, globals, cwd, env });
    },
    // Who asks for JSON is a program.
    ...(host.confirm === undefined || terminal.json ? {} : { confirm: host.confirm }),
    withApplication: async (work, options = {}) => {
      const settings = options.config ?? (await config());
      const { withApplication } = await import('../composition/with-application.js');
      const { create = false, recover = true, migrate = true } = options;
      const { noteStyle } = terminal;
      const warn = (text: string) =>
        terminal.complain(`${noteStyle.yellow('warning:')} ${printableLine(text)}`);
      return withApplication(settings, { version, env, create, recover, migrate, warn }, work);
    },
    commandLineWith: (values) => commandLineWith(argv, values),
    readInput: async () => (await host.readInput?.()) ?? new Uint8Array(),
    onInterrupt: (stop) => host.onInterrupt(stop),
  };
}

function helpOutput(terminal: Terminal) {
  return {
    write: (text: string) => terminal.write(text),
    // Help that nobody asked for must not be taken for a result.
    writeError: (text: string) => terminal.stderr.write(text),
    width: Math.min(terminal.width, 100),
    hasColors: terminal.style.isColorSupported,
  };
}

/** `help docs show` as `docs show --help`: commander's own help command knows only one word. */
function helpAsOption(argv: readonly string[], program: Command): readonly string[] {
  const [first, ...words] = argv;
  if (first !== 'help' || words.length === 0) return argv;
  const isKnown =
    commandNamed(words, program).length === words.filter((word) => !word.startsWith('-')).length;
  // An unknown command is reported as one.
  return isKnown ? [...words, '--help'] : words;
}

/** The words of a command line that name a command: `['docs', 'list']`. */
function commandNamed(argv: readonly string[], program: Command): readonly string[] {
  const named: string[] = [];
  let at: Command | undefined = program;
  for (const word of argv) {
    at = at.commands.find((command) => command.name() === word) ?? at;
    if (at.name() === word) named.push(word);
    if (at.commands.length === 0) break;
  }
  return named;
}

/** Whether a flag stands in a command line, before `--`. */
function isAsked(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes(flag);
}

/** What is wrong with the command line, and which help to read; `undefined`: something else is wrong. */
function usageErrorOf(error: unknown, argv: readonly string[], program: Command): UsageError | undefined {
  const command = commandNamed(argv, program);
  const help = `See \`${['markitect', ...command, '--help'].join(' ')}\`.`;
  if (error instanceof UsageError) {
    return error.remedy === '' ? new UsageError(error.message, error.details, help) : error;
  }
  if (!(error instanceof CommanderError)) return undefined;
  const { code, message } = error;
  if (code === 'commander.help') {
    return new UsageError('no command was given', { field: 'command' }, 'Name one of the commands above.');
  }
  const isDashedWord = code === 'commander.unknownOption' && command.at(-1) === 'search';
  return new UsageError(
    message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\.$/, ''),
    { reason: code.replace('commander.', '') },
    isDashedWord ? `${help} Put words that begin with "-" behind --.` : help,
  );
}
