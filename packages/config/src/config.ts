/** How the embedded database works. */
export interface DatabaseConfig {
  readonly synchronous: 'OFF' | 'NORMAL' | 'FULL' | 'EXTRA';
  readonly cacheSizeKib: number;
  readonly mmapSizeBytes: number;
  readonly busyTimeoutMs: number;
  readonly foreignKeys: boolean;
  readonly tempStore: 'DEFAULT' | 'FILE' | 'MEMORY';
  readonly readers: number;
  readonly writeTimeoutMs: number;
}

/** How files become documents. */
export interface IngestConfig {
  readonly maxFileBytes: number;
  /** Absolute folders the server may ingest from. */
  readonly roots: readonly string[];
  readonly batchDocuments: number;
  readonly batchBytes: number;
  readonly parserThreads: number;
}

/** How much is kept in memory. */
export interface CacheConfig {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** How the API is served. */
export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** What every `/v1` request has to carry; absent: nothing. */
  readonly token?: string;
  readonly bodyLimitBytes: number;
  readonly shutdownTimeoutMs: number;
}

/** Where working folders and what they start from lie. */
export interface WorkspacesConfig {
  /** Absolute: a folder for each open workspace. */
  readonly root: string;
  /** Absolute: a folder for each template. */
  readonly templates: string;
}

/** Everything that can be set, checked and complete. `describeSettings` says what each value means. */
export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly ingest: IngestConfig;
  readonly cache: CacheConfig;
  readonly server: ServerConfig;
  readonly workspaces: WorkspacesConfig;
}

type Sections = Omit<Config, 'dataDir'>;

/** The name of a setting: its place in {@link Config}, e.g. `database.readers`. */
export type SettingPath =
  'dataDir' | { [S in keyof Sections]: `${S}.${Extract<keyof Sections[S], string>}` }[keyof Sections];
