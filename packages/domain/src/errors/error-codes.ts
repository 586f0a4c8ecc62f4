/** The closed set of ways in which an operation can fail. Callers decide by kind; people read the code. */
export type ErrorKind =
  | 'NotFound'
  | 'Conflict'
  | 'Invalid'
  | 'Forbidden'
  | 'Unavailable'
  | 'RateLimited'
  | 'Timeout'
  | 'Corrupt'
  | 'NotSupported'
  | 'Unexpected';

/** What stands behind a code: its kind, what happened, and what the reader can do about it. */
export interface ErrorDescription {
  readonly kind: ErrorKind;
  readonly meaning: string;
  readonly remedy: string;
}

/**
 * Every error code MarkiTect can answer with. The one table: classes, exit codes, HTTP answers and
 * `docs/reference/errors.md` are all derived from it or checked against it.
 */
export const errorCodes = {
  AST_CORRUPT: {
    kind: 'Corrupt',
    meaning: 'A stored syntax tree cannot be read back.',
    remedy: 'Nothing is lost: the tree is rebuilt from the document when it is next asked for.',
  },
  AUTHENTICATION_REQUIRED: {
    kind: 'Forbidden',
    meaning: 'The request carries no token, or not the configured one.',
    remedy: 'Send `Authorization: Bearer <token>` with the token the server was started with.',
  },
  BACKUP_EXISTS: {
    kind: 'Conflict',
    meaning: 'There is a file where the backup is to be written.',
    remedy: 'Name another file, or add `--force` to take the place of a file that is not in use.',
  },
  BOARD_COLUMN_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The board has no such column.',
    remedy: 'Look at the board with `markitect board`.',
  },
  BOARD_RULES_INVALID: {
    kind: 'Invalid',
    meaning: 'The rules of the board are badly written, or leave a column in which no issue can ever stand.',
    remedy: 'Correct the column that the message names in the setting `board.columns`.',
  },
  CACHE_FACTORY_FAILED: {
    kind: 'Unavailable',
    meaning: 'Another process was making a value for the cache, for everybody, and could not.',
    remedy: 'The message says why; try again in a moment.',
  },
  CACHE_LEASE_FAILED: {
    kind: 'Unavailable',
    meaning: 'The store of leases, by which processes agree on who makes a value, cannot be reached.',
    remedy: 'Nothing is false: values may be made more than once until it is back. See the cause.',
  },
  CACHE_LOG_FAILED: {
    kind: 'Unavailable',
    meaning: 'The log of what is not valid any more in the cache cannot be read or written.',
    remedy:
      'The value may still be served elsewhere: invalidate it again when the log is back. See the cause.',
  },
  CACHE_TIER_FAILED: {
    kind: 'Unavailable',
    meaning: 'One of the stores of the cache cannot be read or written.',
    remedy: 'Nothing is lost: the cache does without it and tries it again. See the cause.',
  },
  COMMIT_NOT_APPLIED: {
    kind: 'Unavailable',
    meaning: 'A unit of work is committed, but some of its files could not be put in place yet.',
    remedy:
      'Do not repeat the work. See the cause, then run `markitect recover`, which puts the files in place.',
  },
  CONFIG_INVALID: {
    kind: 'Invalid',
    meaning: 'A configuration value is missing, unknown or out of range.',
    remedy: 'Correct the named setting where the message says it was read: flag, environment or file.',
  },
  CONNECTION_CLOSED: {
    kind: 'Unavailable',
    meaning: 'A connection was used after it was closed, as happens while a program shuts down.',
    remedy: 'Nothing, when the program is ending; otherwise start it again.',
  },
  CONVERSATION_EXISTS: {
    kind: 'Conflict',
    meaning: 'There is a conversation with this id.',
    remedy: 'Choose another id, or append to the one there is.',
  },
  CONVERSATION_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no conversation with this id.',
    remedy: 'See which there are with `markitect conversations list`.',
  },
  CURSOR_INVALID: {
    kind: 'Invalid',
    meaning: 'A page cursor is damaged, or belongs to another query.',
    remedy: 'Start again without a cursor, then pass `nextCursor` back unchanged with the same query.',
  },
  CUTOVER_CHANGED: {
    kind: 'Conflict',
    meaning: 'Somebody else has changed the stage of the component meanwhile.',
    remedy: 'Look at it with `markitect cutover status`, and decide again.',
  },
  CUTOVER_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The component has no legacy store here, or its cutover was never begun.',
    remedy:
      'Say where its legacy store is: `legacy.<component>` in the configuration, or `MARKITECT_LEGACY_<COMPONENT>`. `markitect cutover status` shows the components that have one.',
  },
  CUTOVER_NOT_READY: {
    kind: 'Conflict',
    meaning: 'Something that must hold before this step does not.',
    remedy: 'The message lists what; `markitect cutover status` shows it at any time.',
  },
  CUTOVER_OVER: {
    kind: 'Conflict',
    meaning: 'The cutover is complete: nothing leads back.',
    remedy: 'Nothing to do.',
  },
  CUTOVER_SIDE_MISSING: {
    kind: 'Conflict',
    meaning: 'A component is being moved, and this process does not know its legacy store.',
    remedy: 'Give this process the same legacy settings as the others, or complete the cutover first.',
  },
  CUTOVER_SWITCHING: {
    kind: 'Conflict',
    meaning: 'A change of the stage is under way.',
    remedy: 'Try again in a moment.',
  },
  DATABASE_BUSY: {
    kind: 'Unavailable',
    meaning: 'Another process held the write lock of the database for longer than the write timeout.',
    remedy:
      'Try again; if it recurs, raise `database.writeTimeoutMs` or find the process that holds the lock.',
  },
  DATABASE_CORRUPT: {
    kind: 'Corrupt',
    meaning: 'The database file is damaged or is not a database.',
    remedy: 'Stop all writers, keep a copy of the file, and restore a backup or ingest again.',
  },
  DATABASE_SCHEMA_TOO_NEW: {
    kind: 'NotSupported',
    meaning: 'The database was written by a newer MarkiTect than this one.',
    remedy: 'Upgrade this installation, or point it at another data directory.',
  },
  DATABASE_UNAVAILABLE: {
    kind: 'Unavailable',
    meaning:
      'The database cannot be opened, read or written: permissions, a full disk, an I/O error or a closed store.',
    remedy: 'See the cause; check that the data directory is on a writable disk with free space.',
  },
  DEADLINE_EXCEEDED: {
    kind: 'Timeout',
    meaning: 'The operation did not finish within its deadline, or was cancelled while it waited.',
    remedy: 'Try again, or allow more time.',
  },
  DOCUMENT_CHANGED: {
    kind: 'Conflict',
    meaning: 'The document is not in the state the request expected it to be in.',
    remedy: 'Read the document again and repeat the change on what you find.',
  },
  DOCUMENT_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'No document is stored at this path.',
    remedy: 'List the stored paths with `markitect docs list`, or ingest the file first.',
  },
  DOCUMENT_PATH_AMBIGUOUS: {
    kind: 'Conflict',
    meaning: 'Two files of one ingest have the same document path.',
    remedy: 'Ingest them separately, each with its own `--as` prefix, or rename one of them.',
  },
  DOCUMENT_PATH_INVALID: {
    kind: 'Invalid',
    meaning: 'A document path is not a clean relative path with `/` between its parts.',
    remedy:
      'Use a path such as `guides/start.md`: no leading `/`, no `..`, no backslash, no control characters.',
  },
  DOCUMENT_SOURCE_CONFLICT: {
    kind: 'Conflict',
    meaning: 'Another file, or an edit made through the API, already holds this document path.',
    remedy: 'Ingest under another prefix with `--as`, or replace what is stored with `--overwrite`.',
  },
  DOCUMENT_TOO_LARGE: {
    kind: 'Invalid',
    meaning: 'A document is larger than the configured limit.',
    remedy: 'Split the document, or raise `ingest.maxFileBytes`.',
  },
  ENTRY_NOT_CACHED: {
    kind: 'NotFound',
    meaning: 'Nothing is cached under that key.',
    remedy: 'Keys begin with the name of a part of the cache, e.g. "issues:IssueRepository.get:…".',
  },
  FILE_BINARY: {
    kind: 'Invalid',
    meaning: 'A file with a Markdown name contains NUL characters and is not text.',
    remedy: 'Rename the file, exclude it with `--ignore`, or save it as UTF-8 text.',
  },
  FILE_ESCAPES_ROOT: {
    kind: 'Forbidden',
    meaning: 'A symbolic link stands on the path of a file: it could lead out of the store.',
    remedy: 'Replace the link with the file or folder itself, or use a path without it.',
  },
  FILE_NAME_CONFLICT: {
    kind: 'Conflict',
    meaning:
      'A file cannot have this path: a folder or file is in the way, or a name differs only in case or Unicode form.',
    remedy: 'Use the name that exists, in exactly its spelling, or move what is in the way.',
  },
  FILE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no file at this path.',
    remedy: 'Check the spelling, case included; list the folder to see what is there.',
  },
  FILE_NOT_UTF8: {
    kind: 'Invalid',
    meaning: 'A text is not valid UTF-8.',
    remedy: 'Convert the file to UTF-8, e.g. with `iconv -t UTF-8`.',
  },
  FILE_PATH_INVALID: {
    kind: 'Invalid',
    meaning: 'The path of a file is not a clean relative path with `/` between its parts.',
    remedy:
      'Use a path such as `notes/plan.md`: no leading `/` or drive, no `..`, no backslash, parts of at most 255 bytes.',
  },
  FILE_ROOT_UNKNOWN: {
    kind: 'Invalid',
    meaning: 'A unit of work asked for the files of a root that its store was not opened with.',
    remedy: 'Use the name of a declared root, or declare this one where the store is opened.',
  },
  FILE_SYSTEM_FAILED: {
    kind: 'Unavailable',
    meaning:
      'The file system refused an operation: a full or read-only disk, too many open files, an I/O error.',
    remedy: 'See the cause; free the disk or raise the limit and try again.',
  },
  FILE_TOO_LARGE: {
    kind: 'Invalid',
    meaning: 'A file has more bytes than the reader is ready to take.',
    remedy: 'Read it with a larger limit, or make it smaller.',
  },
  FILE_UNREADABLE: {
    kind: 'Forbidden',
    meaning: 'A file or folder exists but may not be read.',
    remedy: 'Grant read permission (and search permission on its folders), or exclude it with `--ignore`.',
  },
  FILE_UNWRITABLE: {
    kind: 'Forbidden',
    meaning: 'A file or folder may not be made, changed or removed.',
    remedy: 'Grant write permission on the folder it lies in, or run as a user who has it.',
  },
  FRONT_MATTER_INVALID: {
    kind: 'Invalid',
    meaning: 'The front matter between the `---` lines is not a YAML mapping of plain values.',
    remedy: 'Correct the YAML at the named line; quote values that contain `:` or `#`.',
  },
  HOST_NOT_ALLOWED: {
    kind: 'Forbidden',
    meaning: 'A server without a token was asked under a name that is not of this machine.',
    remedy: 'Ask for `localhost` or a loopback address, or start the server with a token.',
  },
  HTTP_CIRCUIT_OPEN: {
    kind: 'Unavailable',
    meaning: 'A server failed too often lately, so that nothing is sent to it for a while.',
    remedy: 'Try again in some seconds; see why it failed with the health of the connection.',
  },
  HTTP_OUTCOME_UNKNOWN: {
    kind: 'Unavailable',
    meaning: 'A change was sent to a server, but no answer says whether it was carried out.',
    remedy: 'Look on the server whether the change is there before you make it again.',
  },
  HTTP_OVERLOADED: {
    kind: 'Unavailable',
    meaning: 'Too many requests wait for a connection to the server already; this one was not sent.',
    remedy: 'Try again with fewer requests at once, or raise the connections allowed to the server.',
  },
  HTTP_RATE_LIMITED: {
    kind: 'RateLimited',
    meaning: 'The server, or the rate set for it here, allows no more requests for now.',
    remedy: 'Wait as long as `retryAfterMs` in the details says, or send fewer requests.',
  },
  HTTP_RESPONSE_INVALID: {
    kind: 'Corrupt',
    meaning: 'The answer of a server is cut short, damaged or of another type than the one asked for.',
    remedy: 'Check that the address is that of the API itself, and what stands between here and the server.',
  },
  HTTP_RESPONSE_TOO_LARGE: {
    kind: 'Corrupt',
    meaning: 'The answer of a server is larger than the connection accepts.',
    remedy: 'Ask for less at once, or raise the limit of the connection.',
  },
  HTTP_SERVER_FAILED: {
    kind: 'Unavailable',
    meaning: 'A server answered that it failed, with a status from 500 on.',
    remedy: 'Try again later; if it recurs, the log of the server says why.',
  },
  HTTP_TIMEOUT: {
    kind: 'Timeout',
    meaning: 'A server was connected but sent nothing for too long.',
    remedy: 'Try again later, or allow the connection longer pauses.',
  },
  HTTP_UNREACHABLE: {
    kind: 'Unavailable',
    meaning: 'A server cannot be connected, or the connection to it broke.',
    remedy: 'Check the address, the network, the proxy and the certificates; see the cause.',
  },
  ISSUES_READ_ONLY: {
    kind: 'NotSupported',
    meaning: 'A change was asked of a mirror of issues, which is only read.',
    remedy: 'Change the issue where it is kept; the mirror follows with the next `markitect issues sync`.',
  },
  ISSUE_ASSIGNEE_UNKNOWN: {
    kind: 'Invalid',
    meaning: 'An issue was to be assigned to a user the tracker does not have or who may not work on it.',
    remedy: 'Name a user of the tracker.',
  },
  ISSUE_BLOCKED: {
    kind: 'Conflict',
    meaning: 'An issue was to be closed while one that it waits for is open.',
    remedy: 'Close the issues it waits for first, or take the dependency away.',
  },
  ISSUE_CHANGED: {
    kind: 'Conflict',
    meaning: 'An issue was changed by somebody else in the meantime.',
    remedy: 'Look at it with `markitect issues show` and repeat the change.',
  },
  ISSUE_LABEL_UNKNOWN: {
    kind: 'Invalid',
    meaning: 'A label was named that the tracker does not have.',
    remedy:
      'Choose one of `markitect issues labels`, or add it with `markitect issues labels --save <name>`.',
  },
  ISSUE_LOCKED: {
    kind: 'Forbidden',
    meaning: 'The conversation of an issue is locked.',
    remedy: 'Ask a maintainer of the repository to unlock it.',
  },
  ISSUE_MILESTONE_UNKNOWN: {
    kind: 'Invalid',
    meaning: 'A milestone was named that the tracker does not have.',
    remedy:
      'Choose one of `markitect issues milestones`, or add it with `markitect issues milestones --save <title>`.',
  },
  ISSUE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The tracker has no issue of this number.',
    remedy: 'List the issues with `markitect issues list`.',
  },
  ISSUE_SYNC_RUNNING: {
    kind: 'Conflict',
    meaning: 'Another process is bringing the copy of the issues up to date.',
    remedy:
      'Wait until it is done: what it takes over is in the same copy. One that was killed has its turn until the time in `details.until`.',
  },
  LEGACY_FILE_BUSY: {
    kind: 'Unavailable',
    meaning: 'Other processes have written to a file of a legacy store for longer than this one waits.',
    remedy: 'Try again; if it recurs, see what the process named in the message is doing.',
  },
  LEGACY_FILE_CORRUPT: {
    kind: 'Corrupt',
    meaning: 'A file of a legacy store cannot be read.',
    remedy:
      'It was left as it is and set aside under the name in the message: mend it by hand and put it back.',
  },
  LINK_ESCAPES_ROOT: {
    kind: 'Forbidden',
    meaning: 'A symbolic link leads out of the folder that is being read.',
    remedy: 'Ingest the target folder itself, or exclude the link with `--ignore`.',
  },
  LINK_LOOP: {
    kind: 'Invalid',
    meaning: 'A symbolic link leads back to a folder it lies in, or to itself.',
    remedy: 'Remove the link, or exclude it with `--ignore`.',
  },
  MARKDOWN_TOO_COMPLEX: {
    kind: 'Invalid',
    meaning: 'A Markdown text is nested too deeply, or takes too long or too much memory to parse.',
    remedy:
      'Look for generated or damaged text such as thousands of `>` or `[` in a row, or split the document.',
  },
  MEDIA_TYPE_NOT_ACCEPTABLE: {
    kind: 'Invalid',
    meaning: 'The answer exists in none of the types the request accepts.',
    remedy: 'Name one of the types that `/docs` names for the answer in `Accept`, or leave it out.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    kind: 'Invalid',
    meaning: 'The body of a request is of a type, or in an encoding, the operation does not read.',
    remedy: 'Send a `Content-Type` that `/docs` names for the operation, in UTF-8 and not compressed.',
  },
  METHOD_NOT_ALLOWED: {
    kind: 'Invalid',
    meaning: 'The address exists but does not answer to this method.',
    remedy: 'Use one of the methods in the `Allow` header of the answer.',
  },
  PAYLOAD_TOO_LARGE: {
    kind: 'Invalid',
    meaning: 'The body of a request is larger than the server accepts.',
    remedy: 'Send less in one request, or raise `server.bodyLimitBytes`.',
  },
  PRECONDITION_FAILED: {
    kind: 'Conflict',
    meaning: 'The If-Match or If-None-Match condition of the request does not hold.',
    remedy: 'Read what is there now and repeat the request with its present ETag.',
  },
  PROJECTS_NOT_SUPPORTED: {
    kind: 'NotSupported',
    meaning: 'The tracker keeps no boards that a program can reach.',
    remedy: 'Describe the board with the settings `board.columns` and `board.priorities`.',
  },
  PROJECT_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The tracker has no such board or column.',
    remedy: 'Look at the board with `markitect board`.',
  },
  PRUNE_REFUSED: {
    kind: 'Conflict',
    meaning: 'Every file that was read from a folder is gone, as when its disk is not mounted.',
    remedy: 'Bring the folder back, or remove its documents with `markitect docs remove`.',
  },
  RATE_LIMIT_EXCEEDED: {
    kind: 'RateLimited',
    meaning: 'The next permit of a rate limit is further away than the caller may wait.',
    remedy: 'Try again when the limit allows it, or raise it.',
  },
  RATE_LIMIT_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no rate limit of this name.',
    remedy: 'See `markitect tasks stats` for the limits there are.',
  },
  READ_TIMEOUT: {
    kind: 'Timeout',
    meaning: 'A read waited for a free connection longer than its deadline.',
    remedy: 'Try again, narrow long searches, or raise `database.readers`.',
  },
  RECORD_CHANGED: {
    kind: 'Conflict',
    meaning: 'The record is not at the version expected: somebody has changed it.',
    remedy: 'Read it again, decide, and write with the version it has now.',
  },
  RECORD_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no record under this key.',
    remedy: 'Look at the keys there are with the `list` command.',
  },
  REQUEST_INVALID: {
    kind: 'Invalid',
    meaning: 'An argument, parameter or body does not have the form the operation takes.',
    remedy: 'Correct the named field; `--help` and `/docs` describe each one.',
  },
  ROOT_NOT_ALLOWED: {
    kind: 'Forbidden',
    meaning: 'The server was asked to ingest a path outside its configured roots.',
    remedy: 'Ask for a path below a root listed in `ingest.roots`, or add the root to the configuration.',
  },
  ROUTE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The server has nothing at this address.',
    remedy: 'See `/docs` for the addresses there are.',
  },
  SCHEDULE_INVALID: {
    kind: 'Invalid',
    meaning: 'The times of a schedule cannot be understood, or never come.',
    remedy:
      'Write five fields (minute, hour, day, month, weekday) or six (seconds first), and a time zone such as Europe/Berlin.',
  },
  SCHEDULE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no schedule of this name.',
    remedy: 'See the schedules with `markitect tasks schedule list`.',
  },
  SCRAPING_JOB_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no such part of a research.',
    remedy: 'See the parts with `markitect research status <id>`.',
  },
  SEARCH_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no research of this number.',
    remedy: 'See which there are with `markitect research list`.',
  },
  SEARCH_QUERY_INVALID: {
    kind: 'Invalid',
    meaning: 'A search has no words to look for.',
    remedy: 'Search for at least one word, e.g. `ownership`, `"borrow checker"` or `own*`.',
  },
  SEARCH_RESULT_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no result of this number.',
    remedy: 'See the results with `markitect research results <id>`.',
  },
  SEARCH_SOURCE_INVALID: {
    kind: 'Invalid',
    meaning: 'A source of a research is not known, or what follows its colon cannot be used.',
    remedy: 'Write `docs`, `issues` or `web:<address>`, with commas between several.',
  },
  SEARCH_STATE_INVALID: {
    kind: 'Conflict',
    meaning: 'The research is not in a state in which that can be done.',
    remedy: 'Look at it with `markitect research status <id>`.',
  },
  SELECTOR_INVALID: {
    kind: 'Invalid',
    meaning: 'A tree selector cannot be parsed.',
    remedy: 'Use selectors such as `heading[depth=2]`, `link`, `list > listItem` or `code[lang=rust]`.',
  },
  SERVER_BIND_REFUSED: {
    kind: 'Forbidden',
    meaning: 'The server was told to listen beyond this machine without a token.',
    remedy: 'Set MARKITECT_TOKEN or MARKITECT_TOKEN_FILE, or bind to a loopback address.',
  },
  SERVER_BUSY: {
    kind: 'Unavailable',
    meaning: 'As many clients as may already wait at the server for what is to come.',
    remedy: 'Ask for the state now and then instead, or raise `research.maxWatchers`.',
  },
  SERVER_UNAVAILABLE: {
    kind: 'Unavailable',
    meaning: 'The server cannot listen at the address, or is shutting down.',
    remedy: 'Choose a free port with `--port`, or try again when the server is back.',
  },
  SOURCE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'A file or folder given to ingest does not exist, or a pattern matches nothing.',
    remedy: 'Check the spelling and the folder the command runs in; quote patterns with `*`.',
  },
  SOURCE_UNSUPPORTED: {
    kind: 'Invalid',
    meaning: 'A path given to ingest is neither a Markdown file nor a folder.',
    remedy: 'Give files that end in .md, .markdown or .mdx, folders, or patterns.',
  },
  STORE_NOT_INITIALIZED: {
    kind: 'Unavailable',
    meaning: 'There is no MarkiTect database in the data directory.',
    remedy:
      'Run `markitect init`, `markitect ingest <path>` or `markitect issues create`, or name the directory with `--data-dir`.',
  },
  TASK_CANCELLED: {
    kind: 'Conflict',
    meaning: 'The task was cancelled while it ran.',
    remedy: 'Run it again with `markitect tasks retry <id>`.',
  },
  TASK_FAILED: {
    kind: 'Unexpected',
    meaning: 'The handler of a task failed with an error of no code.',
    remedy: 'The message and the log say more; `markitect tasks retry <id>` runs it again.',
  },
  TASK_KEY_TAKEN: {
    kind: 'Conflict',
    meaning: 'Another unfinished task has the unique key of this one.',
    remedy: 'Wait until that one is over, or cancel it.',
  },
  TASK_LEASE_LOST: {
    kind: 'Conflict',
    meaning: 'The worker has lost its lease on the task: somebody else may be doing it.',
    remedy: 'Nothing to do: what this worker reports is not taken.',
  },
  TASK_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no task of this number.',
    remedy: 'See which there are with `markitect tasks list`.',
  },
  TASK_PAYLOAD_INVALID: {
    kind: 'Invalid',
    meaning: 'The payload of a task is not what its type asks for.',
    remedy: 'Enqueue it again with the payload the message describes.',
  },
  TASK_STALLED: {
    kind: 'Timeout',
    meaning: 'Workers have begun the task and fallen silent each time, until no attempt was left.',
    remedy: 'See why they stop (memory, crashes), then `markitect tasks redrive`.',
  },
  TASK_STATE_INVALID: {
    kind: 'Conflict',
    meaning: 'The task is not in a state in which that can be done.',
    remedy: 'Look at it with `markitect tasks show <id>`.',
  },
  TASK_TIMEOUT: {
    kind: 'Timeout',
    meaning: 'The handler of a task took longer than its type allows.',
    remedy: 'The task is tried again as long as it has attempts left.',
  },
  TASK_TYPE_UNKNOWN: {
    kind: 'Invalid',
    meaning: 'No handler of this worker does tasks of this type.',
    remedy:
      'Choose one of `markitect tasks types`. `--force` enqueues what a worker elsewhere knows, `markitect tasks redrive` tries again what is dead.',
  },
  TRACKER_ARCHIVED: {
    kind: 'Forbidden',
    meaning: 'The repository of the issues is archived: it can be read and not changed.',
    remedy: 'Ask an owner of the repository to take it out of the archive.',
  },
  TRACKER_FORBIDDEN: {
    kind: 'Forbidden',
    meaning: 'The user of the token may not do this in the repository of the issues.',
    remedy: 'Give the user the right, or the token the scope, that the message names.',
  },
  TRACKER_NOT_CONFIGURED: {
    kind: 'Invalid',
    meaning: 'A command needs a Gitea repository and none is configured.',
    remedy: 'Set `gitea.url`, `gitea.owner` and `gitea.repository`, see `markitect config show`.',
  },
  TRACKER_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The server has no such repository, or the user of the token may not see it.',
    remedy: 'Check `gitea.url`, `gitea.owner` and `gitea.repository`, and the token.',
  },
  TRACKER_UNAUTHORIZED: {
    kind: 'Forbidden',
    meaning: 'The server does not accept the token, or there is none.',
    remedy: 'Set MARKITECT_GITEA_TOKEN or MARKITECT_GITEA_TOKEN_FILE to a valid token.',
  },
  TRANSACTION_FINISHED: {
    kind: 'Conflict',
    meaning: 'A transaction was used after it was committed or rolled back.',
    remedy: 'Await every operation before the work returns, and do not keep the transaction for later.',
  },
  TRANSACTION_NESTED: {
    kind: 'Conflict',
    meaning: 'A unit of work, or a write outside of it, was begun inside another unit of work.',
    remedy: 'Use the repositories and `nested` of the transaction that is open, or end it first.',
  },
  TRANSACTION_UNAWAITED: {
    kind: 'Invalid',
    meaning:
      'An operation of a transaction was still under way when the work returned; nothing was committed.',
    remedy: 'Await the operation that the message names before the work returns.',
  },
  UNEXPECTED: {
    kind: 'Unexpected',
    meaning: 'A defect in MarkiTect: an error no adapter has translated.',
    remedy: 'Please report it with the message and what you did; `MARKITECT_DEBUG=1` prints the stack.',
  },
  WEB_ADDRESS_REFUSED: {
    kind: 'Forbidden',
    meaning:
      'The address leads into a private network or to this machine, or is not one of http or https without a user.',
    remedy: 'Allow private addresses with the setting `web.allowPrivate` if that is wanted.',
  },
  WEB_CONTENT_UNSUPPORTED: {
    kind: 'NotSupported',
    meaning: 'The page is of a kind that no text can be read from.',
    remedy: 'Only HTML, plain text, Markdown, XML feeds and sitemaps are read.',
  },
  WEB_PAGE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The server does not give the page; `status` in the details is what it answered.',
    remedy: 'Check the address. A page that needs a login cannot be read.',
  },
  WEB_REDIRECT_INVALID: {
    kind: 'Corrupt',
    meaning: 'A page leads to another one too often, in a circle, or to no address at all.',
    remedy: 'Name the page that is meant by its own address.',
  },
  WEB_ROBOTS_DISALLOWED: {
    kind: 'Forbidden',
    meaning: 'The robots.txt of the site asks not to fetch this page.',
    remedy: 'Nothing to do: it is respected.',
  },
  WORKSPACE_BASELINE_CORRUPT: {
    kind: 'Corrupt',
    meaning: 'The saved content of a file in a workspace is missing or damaged.',
    remedy:
      'Keep the file as it is on disk and record it with `markitect workspace save`, or take it from a backup.',
  },
  WORKSPACE_CHANGED: {
    kind: 'Conflict',
    meaning: 'A workspace was changed by somebody else in the meantime.',
    remedy: 'Look at it with `markitect workspace status` and repeat the command.',
  },
  WORKSPACE_DIRTY: {
    kind: 'Conflict',
    meaning: 'A workspace has changes that are not saved and would be lost.',
    remedy: 'Save or finish it, or say that they may be lost: `--yes`, or `discard` over the API.',
  },
  WORKSPACE_FILE_EXISTS: {
    kind: 'Conflict',
    meaning: 'A workspace has a file at this path already.',
    remedy: 'Choose another path with `--as`, or replace the file with `--replace`.',
  },
  WORKSPACE_FILE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'The baseline of a workspace has no file at this path.',
    remedy: 'See the files that can be restored with `markitect workspace status`.',
  },
  WORKSPACE_FOLDER_NOT_EMPTY: {
    kind: 'Conflict',
    meaning: 'The folder of a new workspace holds files already.',
    remedy: 'Move the files away, or start the workspace under another slug.',
  },
  WORKSPACE_LOCKED: {
    kind: 'Conflict',
    meaning: 'Another process is working on this workspace.',
    remedy: 'Wait until it is done and try again; a lock whose process is gone is taken over by itself.',
  },
  WORKSPACE_MANIFEST_CORRUPT: {
    kind: 'Corrupt',
    meaning: 'What is stored of a workspace cannot be read back.',
    remedy: 'The files of the workspace are untouched; restore the database from a backup.',
  },
  WORKSPACE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no workspace of this name.',
    remedy: 'List them with `markitect workspace list`, or start it with `markitect workspace start`.',
  },
  WORKSPACE_SLUG_INVALID: {
    kind: 'Invalid',
    meaning: 'A name is not a workspace slug.',
    remedy: 'Use an issue number or lower-case words with hyphens between them, such as `42` or `fix-login`.',
  },
  WORKSPACE_STATE_INVALID: {
    kind: 'Conflict',
    meaning: 'A workspace is in a state that does not allow the command.',
    remedy: 'Use one of the commands that the message names.',
  },
  WORKSPACE_TEMPLATE_NOT_FOUND: {
    kind: 'NotFound',
    meaning: 'There is no workspace template of this name.',
    remedy: 'Use `default`, or put files into the folder `templates/<name>` of the data directory.',
  },
  WRITE_TIMEOUT: {
    kind: 'Timeout',
    meaning: 'A write waited for its turn longer than its deadline.',
    remedy: 'Try again, or raise `database.writeTimeoutMs`.',
  },
} as const satisfies Record<string, ErrorDescription>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorCodes;

/** The codes of one kind. */
export type ErrorCodeOf<K extends ErrorKind> = {
  [C in ErrorCode]: (typeof errorCodes)[C]['kind'] extends K ? C : never;
}[ErrorCode];
