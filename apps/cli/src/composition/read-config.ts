import { type Config, type ConfigFlags, loadConfig } from '@markitect/config';
import type { GlobalOptions } from '../program/global-options.js';
import { showPath } from '../terminal/show-path.js';
import type { Terminal } from '../terminal/terminal.js';

interface Sources {
  readonly terminal: Terminal;
  readonly globals: GlobalOptions;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The configuration of this command line. Throws Invalid `CONFIG_INVALID`. */
export async function readConfig(
  { terminal, globals, cwd, env }: Sources,
  flags: ConfigFlags = {},
): Promise<Config> {
  const config = await loadConfig({
    flags: { ...flags, dataDir: globals.dataDir, config: globals.config },
    env,
    cwd,
  });
  if (terminal.verbose)
    terminal.note(terminal.noteStyle.dim(`data directory: ${showPath(config.dataDir, cwd)}`));
  return config;
}
