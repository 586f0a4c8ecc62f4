import type { Application } from '@markitect/api';
// eslint-disable-next-line @nx/enforce-module-boundaries -- commands load it late to start fast; a test need not
import { IssueService, IssueSyncService, SearchService } from '@markitect/application';
import { explainConfig, loadConfig } from '@markitect/config';
import { parseBoardRules, Unavailable } from '@markitect/domain';
import { type IssueRepository, issueRepositoryPort, staleReads } from '@markitect/ports';
import {
  InMemoryDocumentRepository,
  InMemoryIssueMirror,
  InMemoryIssueRepository,
  InMemoryWorkspaceRepository,
} from '@markitect/testing';
import { buildProgram } from '../../src/program/build-program.js';
import type { CommandContext } from '../../src/program/command-context.js';
import { commandLineWith } from '../../src/program/command-line.js';
import { failureOf } from '../../src/program/failure.js';
import { printFailure } from '../../src/program/print-failure.js';
import { Terminal } from '../../src/terminal/terminal.js';
import { makeFolder, type Outcome, type RunOptions } from './cli.js';

/** A Gitea that can be made to go down, and what is known of it. For what a real one cannot be made to do. */
export class FakeTracker {
  readonly issues = new InMemoryIssueRepository({ user: 'ann' });
  readonly mirror = new InMemoryIssueMirror();
  readonly documents = new InMemoryDocumentRepository();
  isDown = false;
  /** Whose token it is, and how often that was asked. */
  user: string | undefined = 'ann';
  asked = 0;
  /** How old the local copy is. */
  ageMs: number | undefined;

  /** Runs a command line on it. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const out: string[] = [];
    const err: string[] = [];
    const stream = (to: string[]) => ({
      write: (text: string) => to.push(text),
      isTTY: options.tty ?? false,
      columns: options.columns ?? 80,
    });
    const cwd = await makeFolder();
    const env = { MARKITECT_GITEA_URL: 'http://gitea.test', MARKITECT_GITEA_OWNER: 'team', ...options.env };
    const config = await loadConfig({ env: { ...env, MARKITECT_GITEA_REPOSITORY: 'app' }, cwd });
    let terminal: Terminal | undefined;
    let exitCode = 0;
    const help = { write: () => undefined, writeError: () => undefined, width: 80, hasColors: false };
    const program = buildProgram('0.0.0', help, async (command, args, values) => {
      terminal = new Terminal({
        ...{ stdout: stream(out), stderr: stream(err), env },
        ...{ color: true, quiet: false, verbose: false, json: argv.includes('--json') },
      });
      const context: CommandContext = {
        ...{ terminal, cwd, env },
        config: () => Promise.resolve(config),
        projectConfig: () => Promise.resolve(config),
        explainConfig: () => explainConfig({ env: { ...env, MARKITECT_GITEA_REPOSITORY: 'app' }, cwd }),
        withApplication: (work) =>
          work(this.#application(config.board), { applied: [], tables: [], indexes: [] }),
        commandLineWith: (more) => commandLineWith(argv, more),
        readInput: () => Promise.resolve(new Uint8Array()),
        onInterrupt: (stop) => {
          if (options.interrupt === true) stop();
          return () => undefined;
        },
      };
      exitCode = (await command.run(context, args, values)) ?? 0;
    });
    try {
      await program.parseAsync([...argv], { from: 'user' });
    } catch (error) {
      if (terminal === undefined) throw error;
      printFailure(terminal, error, env);
      exitCode = failureOf(error).exitCode;
    }
    return { exitCode, stdout: out.join(''), stderr: err.join('') };
  }

  #application(board: Parameters<typeof parseBoardRules>[0]): Application {
    const tracker = this.#tracker();
    const issues = staleReads(issueRepositoryPort, tracker, {
      source: this.issues,
      ageMs: () => Promise.resolve(this.ageMs),
    });
    const { documents, mirror } = this;
    const workspaces = new InMemoryWorkspaceRepository();
    const application: Partial<Application> = {
      issues: new IssueService(
        { issues, documents, workspaces, blockers: this.issues, user: () => this.#whose() },
        { rules: parseBoardRules(board) },
      ),
      issueSync: new IssueSyncService({ tracker, mirror }),
      search: new SearchService({ documents, issues: this.issues, mirror }),
    };
    return application as Application;
  }

  #whose(): Promise<string | undefined> {
    this.asked += 1;
    return this.isDown ? Promise.reject(unreachable()) : Promise.resolve(this.user);
  }

  #tracker(): IssueRepository {
    return new Proxy<IssueRepository>(this.issues, {
      get: (target, member) => {
        const value: unknown = Reflect.get(target, member, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (this.isDown) return member === 'stream' ? unreachableItems() : Promise.reject(unreachable());
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
  }
}

function unreachable(): Unavailable {
  return new Unavailable('HTTP_UNREACHABLE', 'nobody answers at gitea.test');
}

/** A sequence fails when it is asked for its first item. */
function unreachableItems(): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(unreachable()) }) };
}
