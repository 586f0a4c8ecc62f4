import type { Application } from '@markitect/api';
import type { MigrationReport } from '@markitect/adapter-sqlite';
import type { Config, ConfigFlags, ExplainedSetting } from '@markitect/config';
import type { Terminal } from '../terminal/terminal.js';

/** What a command runs with. Whatever is heavy is loaded when it is first asked for. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The working folder. Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;

  /**
   * The configuration: defaults, file, environment, then the command's own flags. Throws Invalid `CONFIG_INVALID`.
   */
  config(flags?: ConfigFlags): Promise<Config>;

  /**
   * The same, of the nearest folder from the working folder upwards that has a file of settings or a data directory,
   * unless the command line or the environment names one.
   */
  projectConfig(): Promise<Config>;

  /** Every setting of {@link projectConfig} and where it comes from. Throws Invalid `CONFIG_INVALID`. */
  explainConfig(): Promise<readonly ExplainedSetting[]>;

  /**
   * Runs `work` with the application opened on the data directory, and closes it whatever happens. Throws
   * Unavailable `STORE_NOT_INITIALIZED` when there is no database, unless `create` is set.
   */
  withApplication<T>(
    work: (application: Application, migration: MigrationReport) => Promise<T>,
    options?: OpenOptions,
  ): Promise<T>;

  /** The present command line with these options set to these values, quoted for a shell. */
  commandLineWith(values: Readonly<Record<string, string>>): string;

  /** All of the standard input. */
  readInput(): Promise<Uint8Array>;

  /** Asks the person at the terminal a question; absent where nobody can be asked. */
  readonly confirm?: (question: string) => Promise<boolean>;

  /** Calls `stop` at the first interrupt (Ctrl-C, SIGTERM) instead of ending the process. Answers how to undo that. */
  onInterrupt(stop: () => void): () => void;
}

/** How an application is opened. */
export interface OpenOptions {
  /** Make the data directory and the database where they do not exist. */
  readonly create?: boolean;
  /** Do what interrupted commits have left. Default: yes. */
  readonly recover?: boolean;
  /** Bring the schema up to date. Default: yes; without it only the database itself can be worked on. */
  readonly migrate?: boolean;
  /** The configuration to use, when the command has read it already. */
  readonly config?: Config;
}
