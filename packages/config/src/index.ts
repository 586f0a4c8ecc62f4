export type {
  CacheConfig,
  Config,
  DatabaseConfig,
  IngestConfig,
  ServerConfig,
  SettingPath,
  WorkspacesConfig,
} from './config.js';
export { loadConfig } from './load-config.js';
export type { ConfigFlags, ConfigSources } from './load-config.js';
export { describeSettings } from './settings.js';
export type { SettingDescription } from './settings.js';
