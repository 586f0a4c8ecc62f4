import { Invalid, isMarkitectError, type JsonValue, parseBoardRules } from '@markitect/domain';
import type { Config, SettingPath } from './config.js';
import { type ConfigSources, findValues, type FoundValue } from './find-values.js';
import { settings } from './settings.js';

/**
 * The configuration: defaults, overridden by the file of settings (`--config`, `MARKITECT_CONFIG` or
 * `markitect.config.yaml|yml|json` in `cwd`), by the environment, by flags. An empty variable counts as not set,
 * except for secrets, where that would quietly leave a server open or a request without its token.
 *
 * Throws Invalid `CONFIG_INVALID` naming the setting, where its value was read and what is allowed. No secret ever
 * appears in an error.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const values = await findValues(sources);
  const config: Record<string, unknown> = {};
  for (const [path, { value }] of values) place(config, path, value);
  // Every setting of the table has been checked by its schema, and the compiler checks that the table is complete.
  const checked = config as Readonly<Record<string, unknown>> & Config;
  requireTogether(values);
  requireBoard(checked, values);
  return checked;
}

/** A setting, its value and where that comes from. */
export interface ExplainedSetting {
  /** Its place in the configuration file, e.g. `database.readers`. */
  readonly path: SettingPath;
  /** Absent: nothing sets it. Of a secret only `***`. */
  readonly value?: JsonValue;
  /** `default`, `environment MARKITECT_SERVER_PORT`, `file /x/markitect.config.yaml`, `flag --port`. */
  readonly from: string;
}

const MASK = '***';

/**
 * Every setting with the value it has and where that comes from, for people who wonder. Secrets, and passwords in
 * addresses, are masked. Throws Invalid `CONFIG_INVALID` for a value that is wrong in itself; what does not fit together
 * is shown all the same.
 */
export async function explainConfig(sources: ConfigSources): Promise<readonly ExplainedSetting[]> {
  const values = await findValues(sources);
  return [...values].map(([path, { value, from }]) => {
    if (value === undefined) return { path, from };
    const { secret, mayHoldPassword } = settings[path];
    if (secret === true) return { path, value: MASK, from };
    const isMasked = mayHoldPassword === true && typeof value === 'string';
    // The schemas of the settings take JSON only.
    return { path, value: isMasked ? masked(value) : (value as JsonValue), from };
  });
}

function masked(address: string): string {
  const url = new URL(address);
  if (url.password === '' && url.username === '') return address;
  if (url.password !== '') url.password = MASK;
  if (url.username !== '') url.username = MASK;
  return url.href;
}

function place(config: Record<string, unknown>, path: SettingPath, value: unknown): void {
  const [section = path, name] = path.split('.');
  if (name === undefined) {
    config[section] = value;
    return;
  }
  config[section] = {
    ...(config[section] as object | undefined),
    ...(value === undefined ? {} : { [name]: value }),
  };
}

/** Settings of which none makes sense without the others. */
const groups: readonly (readonly SettingPath[])[] = [
  ['gitea.url', 'gitea.owner', 'gitea.repository'],
  ['gitea.certFile', 'gitea.keyFile'],
];

function requireTogether(values: ReadonlyMap<SettingPath, FoundValue>): void {
  for (const group of groups) {
    const missing = group.filter((path) => values.get(path)?.value === undefined);
    if (missing.length === 0 || missing.length === group.length) continue;
    const [present] = group.filter((path) => !missing.includes(path));
    throw new Invalid(
      'CONFIG_INVALID',
      `${missing.join(' and ')} must be set as well, since ${present} is (${values.get(present ?? 'dataDir')?.from})`,
      { details: { setting: missing[0] ?? '', missing } },
    );
  }
}

function requireBoard({ board }: Config, values: ReadonlyMap<SettingPath, FoundValue>): void {
  const from = values.get('board.columns')?.from ?? '';
  try {
    if (board.columns.length === 0) {
      throw new Invalid('BOARD_RULES_INVALID', 'a board has at least one column');
    }
    parseBoardRules(board);
  } catch (cause) {
    if (!isMarkitectError(cause)) throw cause;
    throw new Invalid('CONFIG_INVALID', `board.columns (${from}): ${cause.message}`, {
      details: { ...cause.details, setting: 'board.columns', from },
      cause,
    });
  }
}
