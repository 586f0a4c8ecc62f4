import pc from 'picocolors';
import { printableJson } from './printable.js';

/** What the command needs of a stream. `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colours and weights; each function returns its text unchanged where colour is off. */
export type Style = ReturnType<typeof pc.createColors>;

/** What is known before anything is printed. */
export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False: no colour, whatever the streams and the environment say. */
  readonly color: boolean;
  /** Results are JSON. */
  readonly json: boolean;
  /** No notices and no progress. */
  readonly quiet: boolean;
  /** Say where settings came from and what errors were caused by. */
  readonly verbose: boolean;
}

/** The width of lines where there is no terminal to ask. */
const DEFAULT_WIDTH = 80;
/** Narrower than this, lines are cut by the terminal rather than by us. */
const MIN_WIDTH = 40;

/**
 * Where a command speaks: its result goes to stdout, everything else to stderr. Text from documents has to go
 * through `printableText` or `printableLine` first; this class adds nothing and takes nothing away.
 */
export class Terminal {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** For text on stdout. */
  readonly style: Style;
  /** For text on stderr. */
  readonly noteStyle: Style;
  readonly #options: TerminalOptions;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.json = options.json;
    this.quiet = options.quiet;
    this.verbose = options.verbose;
    this.style = pc.createColors(usesColor(options, options.stdout));
    this.noteStyle = pc.createColors(usesColor(options, options.stderr));
  }

  /** Whether a person reads stdout. */
  get isInteractive(): boolean {
    return this.#options.stdout.isTTY === true;
  }

  /** Whether a display that changes may be shown on stderr. */
  get showsProgress(): boolean {
    return this.#options.stderr.isTTY === true && !this.quiet && this.#options.env['TERM'] !== 'dumb';
  }

  /** The columns of stdout. */
  get width(): number {
    return Math.max(MIN_WIDTH, this.#options.stdout.columns ?? DEFAULT_WIDTH);
  }

  get stderr(): Output {
    return this.#options.stderr;
  }

  /** Writes to stdout exactly this. */
  write(text: string): void {
    this.#options.stdout.write(text);
  }

  /** Writes lines to stdout. */
  print(...lines: readonly string[]): void {
    if (lines.length > 0) this.write(`${lines.join('\n')}\n`);
  }

  /** Writes the one JSON value of a command to stdout: indented for a person, on one line for a program. */
  printJson(value: unknown): void {
    this.print(printableJson(value, this.isInteractive ? 2 : 0));
  }

  /** Says something beside the result, on stderr. Not when quiet. */
  note(...lines: readonly string[]): void {
    if (!this.quiet) this.complain(...lines);
  }

  /** Says on stderr what has to be said even when quiet. */
  complain(...lines: readonly string[]): void {
    if (lines.length > 0) this.#options.stderr.write(`${lines.join('\n')}\n`);
  }
}

/** See https://no-color.org and https://force-color.org: the first wins. */
function usesColor({ env, color }: TerminalOptions, output: Output): boolean {
  if (!color || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return output.isTTY === true && env['TERM'] !== 'dumb';
}
