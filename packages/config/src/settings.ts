import { availableParallelism } from 'node:os';
import { defaultBoard } from '@markitect/domain';
import { z } from 'zod';
import type { SettingPath } from './config.js';
import {
  folderOfDataDirectory,
  GIB,
  HOUR_MS,
  integer,
  isPlainUrl,
  isRedisUrl,
  KIB,
  MAX_TIMEOUT_MS,
  MIB,
  name,
  oneOf,
  path,
  type Setting,
  systemUser,
  texts,
  token,
  trueOrFalse,
  url,
} from './setting.js';

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
    meaning: 'About how much memory what is cached may take. 0: nothing is kept in memory.',
    default: 64 * MIB,
  },
  'cache.maxEntries': {
    ...integer(0, 10_000_000),
    meaning: 'The most answers and trees cached in memory. 0: none.',
    default: 10_000,
  },
  'cache.diskBytes': {
    ...integer(0, 1024 * GIB),
    unit: 'bytes',
    meaning:
      'How much of what Gitea has answered is kept on the disk, for the next start and for other processes. 0: nothing.',
    default: 256 * MIB,
  },
  'cache.diskFolder': {
    ...folderOfDataDirectory('cache'),
    meaning: 'The folder of what is cached on the disk. Nothing else may lie in it: it is emptied.',
  },
  'cache.documentsTtlMs': {
    ...integer(0, 366 * 24 * HOUR_MS),
    unit: 'ms',
    meaning:
      'How long the server keeps answers of searches, lists and links of documents at most. Each change of a document makes them invalid at once, so this is only for changes made past MarkiTect. 0: they are not cached.',
    default: HOUR_MS,
  },
  'cache.issuesTtlMs': {
    ...integer(0, HOUR_MS),
    unit: 'ms',
    meaning:
      'How long what Gitea has answered is used again: how late a change made by others is seen. Changes made through MarkiTect are seen at once. 0: Gitea is asked each time.',
    default: 5000,
  },
  'cache.redisUrl': {
    schema: z.string().refine(isRedisUrl),
    allowed: 'redis://[user:password@]host[:port][/database], or rediss:// for TLS',
    meaning:
      'The Redis in which what Gitea has answered is kept, for all machines, in place of the disk. MARKITECT_CACHE_REDIS_URL_FILE names a file to read it from instead.',
    secret: true,
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
    ...token,
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
  'gitea.url': {
    mayHoldPassword: true,
    schema: z.string().refine(isPlainUrl),
    allowed: 'an http or https address without user, query and fragment',
    meaning:
      'The address of the Gitea server whose issues are used. With `gitea.owner` and `gitea.repository`; without the three issues are kept in the embedded database.',
  },
  'gitea.owner': { ...name, meaning: 'The user or organization that owns the repository.' },
  'gitea.repository': { ...name, meaning: 'The name of the repository.' },
  'gitea.token': {
    ...token,
    meaning:
      'The access token sent to Gitea. MARKITECT_GITEA_TOKEN_FILE names a file to read it from instead.',
    secret: true,
  },
  'gitea.caFile': { ...path, meaning: 'A PEM file of authorities that are trusted besides those of Node.' },
  'gitea.certFile': {
    ...path,
    meaning: 'A PEM file of the certificate shown to Gitea. With `gitea.keyFile`.',
  },
  'gitea.keyFile': { ...path, meaning: 'A PEM file of the key of that certificate.' },
  'gitea.proxy': {
    schema: z.string().refine((text) => url(text) !== undefined),
    allowed: 'an http or https address, with user and password if the proxy wants them',
    meaning: 'The proxy through which Gitea is reached. HTTP_PROXY and its like are not read.',
    mayHoldPassword: true,
  },
  'gitea.maxConnections': {
    ...integer(1, 1024),
    meaning: 'Sockets to Gitea, and so requests that are sent at the same time.',
    default: 8,
  },
  'gitea.maxQueue': {
    ...integer(0, 1_000_000),
    meaning: 'How many requests may wait for a socket before the next is refused.',
    default: 1000,
  },
  'gitea.deadlineMs': {
    ...integer(1, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'How long a request may take in all, waiting and repeating included.',
    default: 30_000,
  },
  'gitea.connectTimeoutMs': {
    ...integer(1, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'How long connecting may take.',
    default: 5000,
  },
  'gitea.progressTimeoutMs': {
    ...integer(1, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'How long Gitea may send nothing while it answers.',
    default: 10_000,
  },
  'gitea.maxResponseBytes': {
    ...integer(1, 512 * MIB),
    unit: 'bytes',
    meaning: 'The largest answer that is taken.',
    default: 32 * MIB,
  },
  'gitea.requestsPerSecond': {
    ...integer(0, 1_000_000),
    meaning: 'The most requests sent in a second. 0: any number.',
    default: 200,
  },
  'gitea.hedgeAfterMs': {
    ...integer(0, MAX_TIMEOUT_MS),
    unit: 'ms',
    meaning: 'After how long a read without an answer is sent a second time. 0: never.',
    default: 0,
  },
  'gitea.staleMaxAgeMs': {
    ...integer(0, 366 * 24 * HOUR_MS),
    unit: 'ms',
    meaning:
      'How old what `markitect issues sync` has copied may be to answer reads, marked as old, while Gitea is down. 0: it never answers.',
    default: 7 * 24 * HOUR_MS,
  },
  'board.columns': {
    ...texts('`Name=condition`'),
    meaning:
      'The columns of the board, from left to right. A condition is `state:open`, `state:closed`, `label:<name>` or `milestone:<title>`, or several of these joined by `+`. An issue stands in the column whose condition holds and asks for most (a milestone before a label before a state), a closed one in a column with `state:closed` if one holds.',
    default: defaultBoard.columns,
  },
  'board.priorities': {
    ...texts('labels'),
    meaning: 'The labels that say how urgent an issue is, the most urgent first.',
    default: defaultBoard.priorities,
  },
  'board.staleAfterDays': {
    ...integer(1, 36_500),
    unit: 'days',
    meaning: 'An open issue that nobody has touched for so long is called stale.',
    default: defaultBoard.staleAfterDays,
  },
  'issues.user': {
    schema: z.string().trim().min(1).max(255),
    allowed: 'a name',
    meaning: 'The author of what is recorded in the embedded database.',
    default: systemUser(),
    defaultInWords: 'the user of the operating system',
  },
  'tasks.concurrency': {
    flag: '--concurrency',
    ...integer(0, 1000),
    meaning: 'How many tasks a worker does at the same time. 0: the server does none.',
    default: 4,
  },
  'tasks.batch': {
    ...integer(1, 1000),
    meaning:
      'How many more tasks a worker holds that it has not begun: so many of a lower priority may be begun before one that comes later. More make short tasks faster.',
    default: 8,
  },
  'tasks.leaseMs': {
    ...integer(1000, HOUR_MS),
    unit: 'ms',
    meaning:
      'How long a worker may be silent before others take its tasks. It says that it lives three times as often, every 5 seconds at least.',
    default: 30_000,
  },
  'tasks.graceMs': {
    ...integer(0, HOUR_MS),
    unit: 'ms',
    meaning: 'How long running tasks may go on when a worker is told to stop, before they are given back.',
    default: 10_000,
  },
  'research.maxResults': {
    ...integer(1, 1000),
    meaning: 'The most results asked of each source of a research, unless it says another number.',
    default: 20,
  },
  'research.rates': {
    schema: z.array(z.string().regex(/^[a-z][a-z0-9-]*(?::[^=\s]+)?=\d+(?:\.\d+)?$/)),
    allowed: 'a list of `name=requests per second` (in the environment with ";" between them)',
    separator: ';',
    meaning:
      'How often sources of researches are asked, over all processes that share the database. `web=20`: all sites together; `web:*=2`: each site by itself; `web:example.org=0.5`: this one. What is not named has no limit.',
    default: ['web=20', 'web:*=2'],
  },
  'research.maxWatchers': {
    ...integer(0, 10_000),
    meaning: 'How many clients of the server may watch researches at the same time.',
    default: 100,
  },
  'web.allowPrivate': {
    ...trueOrFalse,
    meaning:
      'Whether researches may read pages of private networks and of this machine. Whoever may start a research then reads whatever this machine can reach.',
    default: false,
  },
  'web.userAgent': {
    schema: z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,199}$/),
    allowed: 'printable ASCII characters, at most 200',
    meaning:
      'Who asks for a page, and where to complain. What stands before the first `/` is the name by which robots.txt is obeyed.',
    default: 'MarkiTect/0.1 (research)',
  },
  'web.maxPageBytes': {
    ...integer(1, 64 * MIB),
    unit: 'bytes',
    meaning: 'The largest page that is read, packed and unpacked.',
    default: 2 * MIB,
  },
  'web.timeoutMs': {
    ...integer(1, HOUR_MS),
    unit: 'ms',
    meaning: 'How long a page may take in all.',
    default: 15_000,
  },
  'web.maxPages': {
    ...integer(1, 100_000),
    meaning: 'The most pages that are read for one source of a research, e.g. of a sitemap.',
    default: 500,
  },
  'legacy.users': {
    ...path,
    meaning:
      'Where the profiles of users were kept so far: a JSON file (its name ends with `.json`, `.jsonl` or `.ndjson`) with all of them, or a folder with a file for each. Not set: there is nothing to move.',
  },
  'legacy.configuration': {
    ...path,
    meaning: 'The same of the configuration.',
  },
  'legacy.conversations': {
    ...path,
    meaning: 'The same of conversations.',
  },
  'legacy.analytics': {
    ...path,
    meaning: 'The same of the events that are counted.',
  },
  'legacy.issues': {
    ...oneOf('none', 'curl'),
    meaning:
      'How the issues in Gitea were reached so far. `curl`: by a process of curl for each request, until `markitect cutover` says otherwise.',
    default: 'none',
  },
  'cutover.shadowPercent': {
    ...integer(0, 100),
    unit: '%',
    meaning: 'The share of reads that is compared with the other store, behind the back of whoever reads.',
    default: 10,
  },
  'cutover.flagFile': {
    ...path,
    meaning:
      'A JSON file that says where components stand, e.g. `{"markitect.cutover.users": "served:25"}`, before what is stored. Read again all the time.',
  },
  'cutover.flagProvider': {
    schema: z.string().min(1),
    allowed: 'the name of a module, or a path',
    meaning:
      'A module with a provider of OpenFeature that is asked where components stand before anything else. Asked for are the flags `markitect.cutover.<component>`, texts such as `served:25`.',
  },
};

/** The settings' names, in the order of the table. */
export const settingPaths = Object.keys(settings) as readonly SettingPath[];
