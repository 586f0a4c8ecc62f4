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

/** How much of what was read is kept, where, and for how long. */
export interface CacheConfig {
  readonly maxBytes: number;
  readonly maxEntries: number;
  /** 0: nothing. */
  readonly diskBytes: number;
  /** Absolute. */
  readonly diskFolder: string;
  /** 0: not at all. */
  readonly documentsTtlMs: number;
  /** Of Gitea. 0: not at all. */
  readonly issuesTtlMs: number;
  /** Where what Gitea has answered is kept for all machines; absent: on the disk of this one. */
  readonly redisUrl?: string;
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

/** The Gitea repository whose issues are used, and how it is reached. */
export interface GiteaConfig {
  /** With {@link owner} and {@link repository}, or none of the three: then issues are kept in the embedded database. */
  readonly url?: string;
  readonly owner?: string;
  readonly repository?: string;
  readonly token?: string;
  /** Absolute. */
  readonly caFile?: string;
  /** Absolute. With {@link keyFile}, or neither. */
  readonly certFile?: string;
  /** Absolute. */
  readonly keyFile?: string;
  /** May contain a user and password. */
  readonly proxy?: string;
  readonly maxConnections: number;
  readonly maxQueue: number;
  readonly deadlineMs: number;
  readonly connectTimeoutMs: number;
  readonly progressTimeoutMs: number;
  readonly maxResponseBytes: number;
  /** 0: no limit. */
  readonly requestsPerSecond: number;
  /** 0: never. */
  readonly hedgeAfterMs: number;
  readonly staleMaxAgeMs: number;
}

/** How issues are shown as a board, in the words of `parseBoardRules` of the domain, which accepts them. */
export interface BoardConfig {
  readonly columns: readonly string[];
  readonly priorities: readonly string[];
  readonly staleAfterDays: number;
}

/** How the embedded tracker works. */
export interface IssuesConfig {
  /** The author of what it records. */
  readonly user: string;
}

/** How questions are put to sources. */
export interface ResearchConfig {
  readonly maxResults: number;
  /** In the words of `parseRateRules` of the application, which accepts them. */
  readonly rates: readonly string[];
  readonly maxWatchers: number;
}

/** How pages of the web are read. */
export interface WebConfig {
  readonly allowPrivate: boolean;
  readonly userAgent: string;
  readonly maxPageBytes: number;
  readonly timeoutMs: number;
  readonly maxPages: number;
}

/** How tasks are done. */
export interface TasksConfig {
  readonly concurrency: number;
  readonly batch: number;
  readonly leaseMs: number;
  readonly graceMs: number;
}

/** Where the legacy stores of components lie. A component without one has nothing to be moved from. */
export interface LegacyConfig {
  /** Absolute: a JSON file with all, or a folder with a file for each. */
  readonly users?: string;
  /** Absolute, alike. */
  readonly configuration?: string;
  /** Absolute, alike. */
  readonly conversations?: string;
  /** Absolute, alike. */
  readonly analytics?: string;
  /** How issues of Gitea were reached before. */
  readonly issues: 'none' | 'curl';
}

/** How components are moved off their legacy stores. */
export interface CutoverConfig {
  /** Absolute. */
  readonly flagFile?: string;
  /** A module with an OpenFeature provider. */
  readonly flagProvider?: string;
  readonly shadowPercent: number;
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
  readonly gitea: GiteaConfig;
  readonly board: BoardConfig;
  readonly issues: IssuesConfig;
  readonly research: ResearchConfig;
  readonly tasks: TasksConfig;
  readonly web: WebConfig;
  readonly legacy: LegacyConfig;
  readonly cutover: CutoverConfig;
}

type Sections = Omit<Config, 'dataDir'>;

/** The name of a setting: its place in {@link Config}, e.g. `database.readers`. */
export type SettingPath =
  'dataDir' | { [S in keyof Sections]: `${S}.${Extract<keyof Sections[S], string>}` }[keyof Sections];

/** The settings that are never shown, and read from the environment only. */
export type SecretPath = 'server.token' | 'gitea.token' | 'cache.redisUrl';
