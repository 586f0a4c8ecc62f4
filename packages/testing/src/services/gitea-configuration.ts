import { join } from 'node:path';

/** The app.ini of a Gitea that lives in `folder`, serves its API on loopback and talks to nobody. */
export function giteaConfiguration(
  folder: string,
  staticFolder: string | undefined,
  maxResponseItems: number,
): string {
  return `
APP_NAME = MarkiTect tests
RUN_MODE = prod
WORK_PATH = ${folder}

[server]
PROTOCOL = http
HTTP_ADDR = 127.0.0.1
DOMAIN = 127.0.0.1
ROOT_URL = 
OFFLINE_MODE = true
DISABLE_SSH = true
LFS_START_SERVER = false
${staticFolder === undefined ? '' : `STATIC_ROOT_PATH = ${staticFolder}`}

[database]
DB_TYPE = sqlite3
PATH = ${join(folder, 'gitea.db')}
SQLITE_JOURNAL_MODE = WAL
MAX_IDLE_CONNS = 8
MAX_OPEN_CONNS = 8

[security]
INSTALL_LOCK = true
PASSWORD_HASH_ALGO = pbkdf2$1000$50

[service]
DISABLE_REGISTRATION = true
[indexer]
ISSUE_INDEXER_TYPE = db
[mailer]
ENABLED = false
[actions]
ENABLED = false
[packages]
ENABLED = false
[cron]
ENABLED = false
[cron.update_checker]
ENABLED = false
[repository]
DEFAULT_PRIVATE = public
[api]
MAX_RESPONSE_ITEMS = ${maxResponseItems}
[log]
MODE = console
LEVEL = Warn
`;
}
