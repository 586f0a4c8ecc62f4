import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { SettingPath } from './config.js';

/** What is known of one setting. */
export interface Setting {
  /** Checks a value that has its type already. */
  readonly schema: z.ZodType;
  /** What `schema` accepts, in words, for messages and documentation. */
  readonly allowed: string;
  readonly unit?: string;
  readonly meaning: string;
  /** The value when nothing sets it; absent: none. */
  readonly default?: unknown;
  /** How documentation writes a default that depends on the machine. */
  readonly defaultInWords?: string;
  /** The folder of the data directory that is the default. */
  readonly defaultFolder?: string;
  /** Relative values are resolved from the place they were read: the file's folder, else the working folder. */
  readonly isPath?: true;
  /** The flag of the command that sets it, where there is one. */
  readonly flag?: string;
  /** Never shown, and read from the environment only: files get committed, command lines are public. */
  readonly secret?: true;
}

function integer(minimum: number, maximum: number): Pick<Setting, 'schema' | 'allowed'> {
  return {
    schema: z.int().min(minimum).max(maximum),
    allowed: `a whole number from ${minimum} to ${maximum}`,
  };
}

function oneOf(...values: readonly [string, ...string[]]): Pick<Setting, 'schema' | 'allowed'> {
  return { schema: z.enum(values), allowed: values.join(', ') };
}

function folderOfDataDirectory(
  name: string,
): Pick<Setting, 'schema' | 'allowed' | 'defaultFolder' | 'defaultInWords' | 'isPath'> {
  return {
    schema: z.string().min(1),
    allowed: 'a path',
    defaultFolder: name,
    defaultInWords: `the folder ${name} of the data directory`,
    isPath: true,
  };
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const HOUR_MS = 3_600_000;
/** What a timer of Node can hold. */
const MAX_TIMEOUT_MS = 24 * HOUR_MS;

const trueOrFalse: Pick<Setting, 'schema' | 'allowed'> = { schema: z.boolean(), allowed: 'true, false' };

/** Every setting there is, `dataDir` before those whose default lies in it. The compiler checks that none of {@link Config} is left out. */
export const settings: Readonly<Record<SettingPath, Setting>> = {
  dataDir: {
    flag: '--data-dir',
    schema: z.string().min(1),
    allowed: 'a path',
    meaning:
      'The folder of the database, the parsed trees, and the baselines, archives and locks of workspaces.',
    default: '.markitect',
    isPath: true,
  },
  'database.synchronous': {
    ...oneOf('OFF', 'NORMAL', 'FULL', 'EXTRA'),
    meaning:
      'How hard SQLite waits for the disk. NORMAL: the database stays whole whatever happens; a power cut can take back the last commits, a crash of the process cannot. FULL: nor can a power cut, at one fsync per commit. OFF: a power cut can damage the database.',
    default: 'NORMAL',
  },
  'database.cacheSizeKib': {
    ...integer(64, 64 * MIB),
    unit: 'KiB',
    meaning: 'Pages each connection keeps in memory.',
    default: 16 * KIB,
  },
  'database.mmapSizeBytes': {
    ...integer(0, 1024 * GIB),
    unit: 'bytes',
    meaning: 'How much of the database file is read through a memory map. 0: none.',
    default: 256 * MIB,
  },
  'database.busyTimeoutMs': {
    ...integer(0, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'How long to wait for a lock that another process holds.',
    default: 5000,
  },
  'database.foreignKeys': {
    ...trueOrFalse,
    meaning: 'Whether the database checks references between its tables.',
    default: true,
  },
  'database.tempStore': {
    ...oneOf('DEFAULT', 'FILE', 'MEMORY'),
    meaning: 'Where SQLite puts temporary tables, e.g. of large sorts.',
    default: 'MEMORY',
  },
  'database.readers': {
    ...integer(1, 64),
    meaning:
      'Connections that read at the same time, besides the one that writes. Three leave one of the four threads of Node’s pool for writes and files.',
    default: 3,
  },
  'database.writeTimeoutMs': {
    ...integer(1, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'How long a write may wait for its turn in this process.',
    default: 30_000,
  },
  'ingest.maxFileBytes': {
    flag: '--max-file-bytes',
    ...integer(1, 512 * MIB),
    unit: 'bytes',
    meaning: 'The largest document that is taken.',
    default: 10 * MIB,
  },
  'ingest.roots': {
    flag: '--root',
    schema: z.array(z.string().min(1)),
    allowed: 'a list of paths (in the environment with ":" between them)',
    meaning: 'The folders the server may ingest from. Empty: ingestion over the API is refused.',
    default: [],
    isPath: true,
  },
  'ingest.batchDocuments': {
    ...integer(1, 10_000),
    meaning: 'The most documents written in one commit.',
    default: 64,
  },
  'ingest.batchBytes': {
    ...integer(1, GIB),
    unit: 'bytes',
    meaning: 'The most content written in one commit; a larger document has a commit of its own.',
    default: MIB,
  },
  'ingest.parserThreads': {
    ...integer(1, 256),
    meaning: 'Worker threads that parse Markdown.',
    default: availableParallelism(),
    defaultInWords: 'the number of processor cores available',
  },
  'cache.maxBytes': {
    ...integer(0, 64 * GIB),
    unit: 'bytes',
    meaning: 'About how much memory cached documents may take. 0: nothing is cached.',
    default: 64 * MIB,
  },
  'cache.maxEntries': {
    ...integer(0, 10_000_000),
    meaning: 'The most documents cached. 0: nothing is cached.',
    default: 1000,
  },
  'server.host': {
    flag: '--host',
    schema: z.string().min(1),
    allowed: 'a host name or address',
    meaning: 'The address the server listens at. Other than loopback it needs a token.',
    default: '127.0.0.1',
  },
  'server.port': {
    flag: '--port',
    ...integer(0, 65_535),
    meaning: 'The port the server listens at. 0: any free one.',
    default: 4780,
  },
  'server.token': {
    schema: z.string().regex(/^[\x21-\x7e]+$/),
    allowed: 'printable ASCII characters without spaces',
    meaning:
      'What every /v1 request must carry as a bearer token. MARKITECT_TOKEN_FILE names a file to read it from instead.',
    secret: true,
  },
  'server.bodyLimitBytes': {
    ...integer(1, GIB),
    unit: 'bytes',
    meaning: 'The largest request body the server takes.',
    default: 16 * MIB,
  },
  'server.shutdownTimeoutMs': {
    ...integer(0, HOUR_MS),
    unit: 'ms',
    meaning: 'How long running requests may take to finish when the server is told to stop.',
    default: 10_000,
  },
  'workspaces.root': {
    ...folderOfDataDirectory('workspaces'),
    meaning: 'The folder in which every open workspace has its folder.',
  },
  'workspaces.templates': {
    ...folderOfDataDirectory('templates'),
    meaning:
      'The folder in which every template of workspaces has its folder. One called `default` takes the place of the built-in one.',
  },
};

/** The settings' names, in the order of the table. */
export const settingPaths = Object.keys(settings) as readonly SettingPath[];

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
