export type {
  BoardConfig,
  CacheConfig,
  Config,
  DatabaseConfig,
  GiteaConfig,
  IngestConfig,
  IssuesConfig,
  SecretPath,
  ServerConfig,
  SettingPath,
  WorkspacesConfig,
} from './config.js';
export type { ConfigFlags, ConfigSources } from './find-values.js';
export { explainConfig, loadConfig } from './load-config.js';
export type { ExplainedSetting } from './load-config.js';
export { describeSettings } from './describe-settings.js';
export type { SettingDescription } from './describe-settings.js';
