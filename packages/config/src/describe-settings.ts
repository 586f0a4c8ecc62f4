import type { SettingPath } from './config.js';
import { settingPaths, settings } from './settings.js';

/** A row of the table of settings. */
export interface SettingDescription {
  /** Its place in the configuration file, e.g. `database.readers`. */
  readonly path: SettingPath;
  /** The environment variable that sets it. */
  readonly env: string;
  /** The command line flag that sets it, where a command has it. */
  readonly flag?: string;
  /** The default, as one would write it; absent: none. */
  readonly default?: string;
  readonly unit?: string;
  /** What values it takes. */
  readonly allowed: string;
  readonly meaning: string;
}

/** Every setting, for documentation. */
export function describeSettings(): readonly SettingDescription[] {
  return settingPaths.map((path) => {
    const { default: value, defaultInWords, allowed, unit, meaning, flag } = settings[path];
    const written = defaultInWords ?? (value === undefined ? undefined : writtenDefault(value));
    return {
      path,
      env: environmentName(path),
      ...(flag === undefined ? {} : { flag }),
      ...(written === undefined ? {} : { default: written }),
      ...(unit === undefined ? {} : { unit }),
      allowed,
      meaning,
    };
  });
}

function writtenDefault(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * `database.cacheSizeKib` → `MARKITECT_DATABASE_CACHE_SIZE_KIB`. The one exception is `server.token`, which clients
 * set as well: `MARKITECT_TOKEN`.
 */
export function environmentName(path: SettingPath): string {
  if (path === 'server.token') return 'MARKITECT_TOKEN';
  return `MARKITECT_${path.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}
