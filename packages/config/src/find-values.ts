import { delimiter, resolve } from 'node:path';
import { Invalid } from '@markitect/domain';
import type { SecretPath, SettingPath } from './config.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { environmentName } from './describe-settings.js';
import { findSecret } from './secrets.js';
import type { Setting } from './setting.js';
import { settingPaths, settings } from './settings.js';

/** What command line flags said, by the setting's name. `undefined`: the flag was not given. */
export type ConfigFlags = {
  readonly [P in Exclude<SettingPath, SecretPath> | 'config']?:
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

/** The value a setting has, and where it was read. */
export interface FoundValue {
  /** Checked; `undefined`: nothing sets it. */
  readonly value: unknown;
  /** In words: `default`, `flag --port`, `environment MARKITECT_PORT`, `file /x/markitect.config.yaml`. */
  readonly from: string;
}

/** A value as it was written. */
interface Written extends FoundValue {
  /** Where a relative path starts. */
  readonly folder: string;
  /** Whether the value is a text that stands for a number, a boolean or a list. */
  readonly isText: boolean;
}

/** The value of every setting, each checked by itself. Throws Invalid `CONFIG_INVALID`. */
export async function findValues(sources: ConfigSources): Promise<ReadonlyMap<SettingPath, FoundValue>> {
  const file = await readConfigFile(sources.cwd, namedFile(sources));
  const values = new Map<SettingPath, FoundValue>();
  for (const path of settingPaths) {
    values.set(
      path,
      isSecret(path)
        ? await findSecret(path, sources)
        : checked(path, written(path, sources, file) ?? defaultOf(path, values, sources)),
    );
  }
  return values;
}

function isSecret(path: SettingPath): path is SecretPath {
  return settings[path].secret === true;
}

function namedFile({ flags, env }: ConfigSources): { file: string; from: string } | undefined {
  const flag = flags?.config;
  if (typeof flag === 'string' && flag !== '') return { file: flag, from: 'flag --config' };
  const variable = env['MARKITECT_CONFIG'];
  if (variable !== undefined && variable !== '')
    return { file: variable, from: 'environment MARKITECT_CONFIG' };
  return undefined;
}

function written(
  path: Exclude<SettingPath, SecretPath>,
  sources: ConfigSources,
  file?: ConfigFile,
): Written | undefined {
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
    return { value: file.values.get(path), from: `file ${file.file}`, folder: file.folder, isText: false };
  }
  return undefined;
}

/** `values` has the settings before this one. */
function defaultOf(
  path: SettingPath,
  values: ReadonlyMap<SettingPath, FoundValue>,
  { cwd }: ConfigSources,
): Written {
  const { default: value, defaultFolder } = settings[path];
  return {
    value: defaultFolder === undefined ? value : resolve(String(values.get('dataDir')?.value), defaultFolder),
    from: 'default',
    folder: cwd,
    isText: false,
  };
}

function checked(path: SettingPath, { value, from, folder, isText }: Written): FoundValue {
  const setting = settings[path];
  if (value === undefined) return { value, from };
  const result = setting.schema.safeParse(isText ? fromText(setting, value) : value);
  if (!result.success) {
    throw new Invalid(
      'CONFIG_INVALID',
      `${path} ${setting.mayHoldPassword === true ? 'is wrong' : `is ${shown(value)}`} (${from}); allowed: ${setting.allowed}`,
      { details: { setting: path, from, allowed: setting.allowed } },
    );
  }
  return { value: setting.isPath === true ? absolute(result.data, folder) : result.data, from };
}

/** The value a text stands for; the text itself, for the schema to refuse, when it stands for none. */
function fromText(setting: Setting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (Array.isArray(setting.default)) {
    return value.split(setting.separator ?? delimiter).filter((part) => part.trim() !== '');
  }
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
