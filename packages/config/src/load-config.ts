import { readFile } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { Invalid } from '@markitect/domain';
import type { Config, SettingPath } from './config.js';
import { type ConfigFile, errnoOf, readConfigFile } from './config-file.js';
import { environmentName, type Setting, settingPaths, settings } from './settings.js';

/** What command line flags said, by the setting's name. `undefined`: the flag was not given. */
export type ConfigFlags = {
  readonly [P in Exclude<SettingPath, 'server.token'> | 'config']?:
    string | number | boolean | readonly string[] | undefined;
};

/** Where configuration is read from. */
export interface ConfigSources {
  /** `config` is the file of settings to read, instead of the one in `cwd`. */
  readonly flags?: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. Absolute. */
  readonly cwd: string;
}

/** A value found, and where. */
interface Found {
  readonly value: unknown;
  /** In words: `flag --port`, `environment MARKITECT_PORT`, `file /x/markitect.config.yaml`. */
  readonly from: string;
  /** Where a relative path starts. */
  readonly folder: string;
  /** Whether the value is a text that stands for a number, a boolean or a list. */
  readonly isText: boolean;
}

/**
 * The configuration: defaults, overridden by the file of settings (`--config`, `MARKITECT_CONFIG` or
 * `markitect.config.yaml|yml|json` in `cwd`), by the environment, by flags. An empty variable counts as not set,
 * except for the token, where that would quietly leave a server open.
 *
 * Throws Invalid `CONFIG_INVALID` naming the setting, where its value was read and what is allowed. The token never
 * appears in an error.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const file = await readConfigFile(sources.cwd, namedFile(sources));
  const config: Record<string, unknown> = {};
  for (const path of settingPaths) {
    const value =
      path === 'server.token'
        ? await token(sources)
        : checked(path, find(path, sources, file) ?? defaultOf(path, config, sources));
    if (value !== undefined) place(config, path, value);
  }
  // Every setting of the table has been checked by its schema, and the compiler checks that the table is complete.
  return config as Readonly<Record<string, unknown>> & Config;
}

function namedFile({ flags, env }: ConfigSources): { file: string; from: string } | undefined {
  const flag = flags?.config;
  if (typeof flag === 'string' && flag !== '') return { file: flag, from: 'flag --config' };
  const variable = env['MARKITECT_CONFIG'];
  if (variable !== undefined && variable !== '')
    return { file: variable, from: 'environment MARKITECT_CONFIG' };
  return undefined;
}

function find(
  path: Exclude<SettingPath, 'server.token'>,
  sources: ConfigSources,
  file?: ConfigFile,
): Found | undefined {
  const flag = sources.flags?.[path];
  if (flag !== undefined) {
    return { value: flag, from: `flag ${settings[path].flag ?? path}`, folder: sources.cwd, isText: true };
  }
  const name = environmentName(path);
  const variable = sources.env[name];
  if (variable !== undefined && variable !== '') {
    return { value: variable, from: `environment ${name}`, folder: sources.cwd, isText: true };
  }
  if (file?.values.has(path) === true) {
    return {
      value: file.values.get(path),
      from: `file ${file.file}`,
      folder: file.folder,
      isText: false,
    };
  }
  return undefined;
}

/** `config` has the settings before this one. */
function defaultOf(
  path: SettingPath,
  config: Readonly<Record<string, unknown>>,
  { cwd }: ConfigSources,
): Found {
  const { default: value, defaultFolder } = settings[path];
  return {
    value: defaultFolder === undefined ? value : resolve(String(config['dataDir']), defaultFolder),
    from: 'default',
    folder: cwd,
    isText: false,
  };
}

function checked(path: SettingPath, found: Found): unknown {
  const setting = settings[path];
  const result = setting.schema.safeParse(found.isText ? fromText(setting, found.value) : found.value);
  if (!result.success) {
    throw new Invalid(
      'CONFIG_INVALID',
      `${path} is ${shown(found.value)} (${found.from}); allowed: ${setting.allowed}`,
      { details: { setting: path, from: found.from, allowed: setting.allowed } },
    );
  }
  return setting.isPath === true ? absolute(result.data, found.folder) : result.data;
}

/** The value a text stands for; the text itself, for the schema to refuse, when it stands for none. */
function fromText(setting: Setting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (Array.isArray(setting.default)) return value.split(delimiter).filter((part) => part !== '');
  if (typeof setting.default === 'number') return /^-?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof setting.default === 'boolean') {
    return (
      new Map<string, unknown>([
        ['true', true],
        ['1', true],
        ['false', false],
        ['0', false],
      ]).get(value.toLowerCase()) ?? value
    );
  }
  return value;
}

function absolute(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => absolute(item, folder));
  return typeof value === 'string' ? resolve(folder, value) : value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'not set';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function place(config: Record<string, unknown>, path: SettingPath, value: unknown): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    config[path] = value;
    return;
  }
  const section = path.slice(0, dot);
  config[section] = { ...(config[section] as object | undefined), [path.slice(dot + 1)]: value };
}

/** The token, from its variable or from the file that its other variable names. */
async function token({ env, cwd }: ConfigSources): Promise<string | undefined> {
  const direct = env['MARKITECT_TOKEN'];
  const named = env['MARKITECT_TOKEN_FILE'];
  if (direct !== undefined && named !== undefined) {
    throw badToken('MARKITECT_TOKEN and MARKITECT_TOKEN_FILE are both set; set one of them');
  }
  if (direct !== undefined) return checkedToken(direct, 'environment MARKITECT_TOKEN');
  if (named === undefined) return undefined;
  if (named === '') throw badToken('MARKITECT_TOKEN_FILE is set and empty; unset it or name a file');
  const file = resolve(cwd, named);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw badToken(`the file ${file} that MARKITECT_TOKEN_FILE names cannot be read (${errnoOf(cause)})`);
  }
  return checkedToken(text.trim(), `file ${file}`);
}

function checkedToken(value: string, from: string): string {
  const { schema, allowed } = settings['server.token'];
  if (value === '') throw badToken(`server.token is empty (${from})`);
  if (!schema.safeParse(value).success) {
    throw badToken(`server.token has characters it may not have (${from}); allowed: ${allowed}`);
  }
  return value;
}

/** Without a cause and without the value: nothing of the token may reach a log. */
function badToken(message: string): Invalid {
  return new Invalid('CONFIG_INVALID', message, { details: { setting: 'server.token' } });
}
