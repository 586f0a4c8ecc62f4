import {
  type Config,
  type ConfigFlags,
  explainConfig,
  type ExplainedSetting,
  loadConfig,
} from '@markitect/config';
import type { GlobalOptions } from '../program/global-options.js';
import { showPath } from '../terminal/show-path.js';
import { projectFolder } from './project-folder.js';
import type { Terminal } from '../terminal/terminal.js';

/** What a configuration is read from. */
export interface Sources {
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

/**
 * The configuration of the project that the working folder lies in, so that commands work in its folders too. What the
 * command line or the environment names is read as ever. Throws Invalid `CONFIG_INVALID`.
 */
export async function readProjectConfig(sources: Sources): Promise<Config> {
  return readConfig(await ofProject(sources));
}

/** Every setting of {@link readProjectConfig} and where it comes from. Throws Invalid `CONFIG_INVALID`. */
export async function explainProjectConfig(sources: Sources): Promise<readonly ExplainedSetting[]> {
  const { globals, cwd, env } = await ofProject(sources);
  return explainConfig({ flags: { dataDir: globals.dataDir, config: globals.config }, env, cwd });
}

async function ofProject(sources: Sources): Promise<Sources> {
  const { globals, env, cwd } = sources;
  const named = [globals.dataDir, globals.config, env['MARKITECT_DATA_DIR'], env['MARKITECT_CONFIG']];
  const isNamed = named.some((each) => each !== undefined && each !== '');
  return isNamed ? sources : { ...sources, cwd: await projectFolder(cwd) };
}
