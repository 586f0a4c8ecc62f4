import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { giteaConfiguration } from './gitea-configuration.js';
import { giteaProgram, giteaStaticFolder } from './gitea-program.js';
import { giteaRequest } from './gitea-request.js';
import { type ServiceCommand, ServiceProcess } from './service-process.js';

const run = promisify(execFile);

/** What a launch may differ in. */
export interface GiteaOptions {
  /** The name of the first repository; `work` when left out. */
  readonly repository?: string;
  /** `[api] MAX_RESPONSE_ITEMS`; 50, the server's default, when left out. */
  readonly maxResponseItems?: number;
}

/** A running Gitea of the test's own: SQLite, one administrator, one empty repository of theirs. */
export interface GiteaService {
  /** `http://127.0.0.1:<port>`, without `/api/v1`. */
  readonly url: string;
  /** The administrator's, with every scope. */
  readonly token: string;
  /** The administrator's name, who owns `repository`. */
  readonly owner: string;
  readonly repository: string;
  readonly admin: { readonly user: string; readonly password: string };
  readonly version: string;
  /** The temporary folder that everything lies in. */
  readonly folder: string;
  /** What the server printed and logged. */
  readonly logFile: string;
  /** Makes an empty repository of the administrator's. */
  createRepository(name: string): Promise<void>;
  /** Makes a user who is no administrator, with a token of every scope. */
  createUser(name: string): Promise<{ readonly user: string; readonly token: string }>;
  /** SIGKILL: what a crash looks like. Everything stays on disk; `restart` brings it back. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, stopping it first when it runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. May be called again. */
  stop(): Promise<void>;
}

const OWNER = 'markitect';
const PASSWORD = 'Only-for-tests-1';

/**
 * Starts a real Gitea on a free loopback port: about two seconds. It is gone, with its folder, after `stop`, and also
 * when the process that started it dies without a word.
 *
 * @throws Error when there is no Gitea (see giteaProgram) or it does not start; the message ends with its log.
 */
export async function startGitea(options: GiteaOptions = {}): Promise<GiteaService> {
  const program = giteaProgram();
  if (program === undefined) throw new Error('There is no Gitea: `node tools/gitea.mjs` builds one.');
  const folder = await mkdtemp(join(tmpdir(), 'markitect-gitea-'));
  try {
    return await launch(program, folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function launch(program: string, folder: string, options: GiteaOptions): Promise<GiteaService> {
  const configuration = join(folder, 'app.ini');
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true',
  };
  await mkdir(join(folder, 'log'));
  const text = giteaConfiguration(folder, giteaStaticFolder(program), options.maxResponseItems ?? 50);
  await writeFile(configuration, text, { mode: 0o600 });

  const gitea = async (...args: string[]) =>
    (await run(program, ['--config', configuration, ...args], { cwd: folder, env })).stdout.trim();
  const user = async (name: string, ...more: string[]) => {
    const who = ['--username', name, '--password', PASSWORD, '--email', `${name}@example.invalid`];
    await gitea('admin', 'user', 'create', ...who, '--must-change-password=false', ...more);
    const raw = ['--scopes', 'all', '--raw'];
    const token = await gitea('admin', 'user', 'generate-access-token', '-u', name, '-t', 'tests', ...raw);
    // Whoever looks whether tokens get out has to know them.
    const ledger = process.env.MARKITECT_TOKEN_LEDGER;
    if (ledger !== undefined && ledger !== '') await appendFile(ledger, `${token}\n`, { mode: 0o600 });
    return token;
  };
  await gitea('migrate');
  const token = await user(OWNER, '--admin');

  const command: ServiceCommand = {
    program,
    args: (port) => ['--config', configuration, 'web', '--port', String(port)],
    env,
    folder,
    logFile: join(folder, 'log', 'gitea.log'),
    answers: async (port) => (await fetch(`http://127.0.0.1:${port}/api/v1/version`)).ok,
  };
  let service = await ServiceProcess.start(command);
  const { port } = service;
  const url = `http://127.0.0.1:${port}`;
  const ask = giteaRequest({ url, token });
  const createRepository = async (name: string) => {
    await ask('POST', '/user/repos', { name });
  };
  const repository = options.repository ?? 'work';
  try {
    const { version } = (await ask('GET', '/version')) as { version: string };
    await createRepository(repository);
    return {
      ...{ url, token, owner: OWNER, repository, admin: { user: OWNER, password: PASSWORD }, version },
      ...{ folder, logFile: command.logFile, createRepository },
      createUser: async (name) => ({ user: name, token: await user(name) }),
      kill: () => service.kill(),
      restart: async () => {
        await service.stop();
        service = await ServiceProcess.startAt(command, port);
      },
      stop: async () => {
        await service.stop();
        await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      },
    };
  } catch (error) {
    await service.kill();
    throw error;
  }
}
