import { randomUUID } from 'node:crypto';
import {
  builtInIssueTemplate,
  builtInTemplate,
  Conflict,
  DEFAULT_TEMPLATE,
  diffWorkspace,
  Invalid,
  NotFound,
  type Page,
  pageLimit,
  type PageRequest,
  parseFilePath,
  parseWorkspaceSlug,
  parseWorkspaceTitle,
  renderTemplate,
  requireAllowed,
  type TemplateIssue,
  type Timestamp,
  type WorkspaceFile,
  type WorkspaceManifest,
  type WorkspaceSlug,
  type WorkspaceState,
} from '@markitect/domain';
import { hashBytes } from '../documents/markdown-text.js';
import { packWorkspace } from './pack-workspace.js';
import { WorkspaceBaselines } from './workspace-baselines.js';
import { WorkspaceCommands } from './workspace-commands.js';
import type { WorkspacePorts, WorkspaceServiceOptions } from './workspace-ports.js';
import {
  sortByPath,
  statusOf,
  withFile,
  type WorkspacePrecondition,
  type WorkspaceStatus,
} from './workspace-status.js';
import { WorkspaceTemplates } from './workspace-templates.js';

export interface WorkspaceListing extends PageRequest {
  /** Only workspaces in this state. */
  readonly state?: WorkspaceState;
}

export interface StartRequest {
  /** Default `default`. */
  readonly template?: string;
  /** Default the slug. */
  readonly title?: string;
  /** The issue it is for: what the template says of it. */
  readonly issue?: TemplateIssue;
}

export interface ChangeRequest {
  /**
   * What the workspace still has to be when the command has its lock. Throws Conflict `WORKSPACE_CHANGED`. Default:
   * whatever it is.
   */
  readonly expected?: WorkspacePrecondition | undefined;
}

export interface AbandonRequest extends ChangeRequest {
  /** Whether changes may be lost that are not saved. Default false. */
  readonly discard?: boolean;
}

export interface AddRequest extends ChangeRequest {
  /** Where to put it in the workspace; `attachmentPath` of the domain gives the usual place. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether it may take the place of a file. */
  readonly replace?: boolean;
}

/**
 * Working folders. Every command that changes something holds the lock of the workspace and does its rows and files in
 * one unit of work, which is none of the caller's: inside of one, Conflict `TRANSACTION_NESTED`. Every operation throws
 * Invalid `WORKSPACE_SLUG_INVALID`, NotFound `WORKSPACE_NOT_FOUND`, Conflict `WORKSPACE_STATE_INVALID`; every change
 * Conflict `WORKSPACE_LOCKED` and `WORKSPACE_CHANGED`; all of them what the ports throw.
 */
export class WorkspaceService {
  readonly #ports: WorkspacePorts;
  readonly #options: Required<WorkspaceServiceOptions>;
  readonly #baselines: WorkspaceBaselines;
  readonly #templates: WorkspaceTemplates;
  readonly #commands: WorkspaceCommands;

  constructor(ports: WorkspacePorts, options: WorkspaceServiceOptions) {
    this.#ports = ports;
    this.#options = {
      owner: 'markitect workspace',
      maxFileBytes: 256 * 1024 * 1024,
      now: () => new Date(),
      newId: randomUUID,
      ...options,
    };
    this.#baselines = new WorkspaceBaselines(ports.files.baselines);
    this.#templates = new WorkspaceTemplates(ports.files.templates, this.#options.maxFileBytes);
    this.#commands = new WorkspaceCommands(ports, this.#options, this.#baselines);
  }

  /**
   * Starts a workspace with the files of a template. Throws Conflict `WORKSPACE_FOLDER_NOT_EMPTY`, NotFound
   * `WORKSPACE_TEMPLATE_NOT_FOUND`, Invalid `REQUEST_INVALID` for a title.
   */
  async start(slugText: string, request: StartRequest = {}): Promise<WorkspaceStatus> {
    const slug = parseWorkspaceSlug(slugText);
    const title = parseWorkspaceTitle(request.title ?? slug);
    const { issue } = request;
    return this.#commands.locked(slug, 'start', async () => {
      const previous = await this.#ports.workspaces.get(slug);
      if (previous !== undefined) requireAllowed(slug, (await this.#commands.find(previous)).state, 'start');
      const folder = this.#commands.folder(slug);
      if (!(await folder.isEmpty())) {
        throw new Conflict('WORKSPACE_FOLDER_NOT_EMPTY', `the folder of ${slug} holds files already`, {
          details: { slug, folder: this.#options.folderOf(slug) },
        });
      }
      const found = await this.#templates.get(request.template ?? DEFAULT_TEMPLATE);
      const template = found === builtInTemplate && issue !== undefined ? builtInIssueTemplate(issue) : found;
      const now = this.#commands.now();
      const values = { slug, title, startedAt: now, ...(issue === undefined ? {} : { issue }) };
      const contents = new Map<string, Uint8Array>();
      for (const { path, content } of renderTemplate(template, values)) {
        contents.set(parseFilePath(path), content);
      }
      const baseline = sortByPath(
        [...contents].map(([path, content]) => ({
          path,
          checksum: hashBytes(content),
          bytes: content.byteLength,
        })),
      );
      const id = this.#options.newId();
      return this.#commands.unit(async (transaction) => {
        for (const [path, content] of contents) await folder.write(transaction, path, content);
        await this.#baselines.keep(transaction, baseline, ({ path }) =>
          Promise.resolve(contents.get(path) ?? new Uint8Array()),
        );
        const manifest = await transaction.workspaces.save(
          { id, slug, title, template: template.name, baseline, revision: 0, createdAt: now, updatedAt: now },
          previous?.revision ?? 0,
        );
        return statusOf(manifest, baseline);
      });
    });
  }

  /** Reads all files of the workspace, if it is open. */
  async status(slugText: string): Promise<WorkspaceStatus> {
    const { manifest, scan } = await this.#commands.find(
      await this.#commands.manifest(parseWorkspaceSlug(slugText)),
    );
    return statusOf(manifest, scan);
  }

  /** One page of workspaces, by slug. Reads the files of the open ones, and as many as it needs to fill the page. */
  async list({ state, limit, cursor }: WorkspaceListing = {}): Promise<Page<WorkspaceStatus>> {
    const wanted = pageLimit(limit === undefined ? {} : { limit });
    const over = state === 'finished' || state === 'abandoned';
    const phase = state === undefined ? {} : { phase: over ? state : ('open' as const) };
    const items: WorkspaceStatus[] = [];
    let next = cursor;
    do {
      const place = next === undefined ? {} : { cursor: next };
      const page = await this.#ports.workspaces.list({ ...phase, ...place, limit: wanted - items.length });
      for (const manifest of page.items) {
        const status = statusOf(manifest, (await this.#commands.find(manifest)).scan);
        if (state === undefined || status.state === state) items.push(status);
      }
      next = page.nextCursor;
    } while (next !== undefined && items.length < wanted);
    return next === undefined ? { items } : { items, nextCursor: next };
  }

  /**
   * Puts a file into the workspace. It is unknown to the baseline until it is saved. Throws Conflict
   * `WORKSPACE_FILE_EXISTS`, Invalid `FILE_PATH_INVALID`, `FILE_TOO_LARGE`.
   */
  async add(
    slugText: string,
    { content, replace, expected, ...request }: AddRequest,
  ): Promise<WorkspaceStatus> {
    const path = parseFilePath(request.path);
    const maximum = this.#options.maxFileBytes;
    const bytes = content.byteLength;
    if (bytes > maximum) {
      throw new Invalid('FILE_TOO_LARGE', `${path} has ${bytes} bytes, more than ${maximum}`, {
        details: { path, bytes, maximum },
      });
    }
    return this.#commands.change(
      slugText,
      'add',
      expected,
      async (transaction, { manifest, folder, scan, now }) => {
        if (replace !== true && (await folder.exists(path))) {
          throw new Conflict('WORKSPACE_FILE_EXISTS', `workspace ${manifest.slug} has a file at ${path}`, {
            details: { slug: manifest.slug, path },
          });
        }
        await folder.write(transaction, path, content);
        const saved = await this.#commands.save(transaction, { ...manifest, updatedAt: now });
        return statusOf(saved, withFile(scan, { path, checksum: hashBytes(content), bytes }));
      },
    );
  }

  /** Makes the files as they are the new baseline, whatever differs. Throws Invalid `FILE_PATH_INVALID` for odd names. */
  async save(slugText: string, { expected }: ChangeRequest = {}): Promise<WorkspaceStatus> {
    return this.#commands.change(
      slugText,
      'save',
      expected,
      async (transaction, { manifest, folder, scan, now }) => {
        folder.requireNames(scan);
        const before = new Map(manifest.baseline.map((file) => [file.path, file.checksum]));
        const baseline: WorkspaceFile[] = [];
        for (const { path, checksum, bytes } of scan) {
          const file = { path, checksum, bytes };
          if (before.get(path) === checksum) {
            baseline.push(file);
            continue;
          }
          // What is read now counts: somebody may have gone on writing since the scan.
          const content = await folder.read(path);
          const found = { path, checksum: content.checksum, bytes: content.bytes.byteLength };
          await this.#baselines.keep(transaction, [found], () => Promise.resolve(content.bytes));
          baseline.push(found);
        }
        const saved = await this.#commands.save(transaction, {
          ...manifest,
          baseline,
          savedAt: now,
          updatedAt: now,
        });
        await this.#baselines.drop(transaction, manifest.baseline);
        return statusOf(saved, baseline);
      },
    );
  }

  /**
   * Gives a file its saved content back, also when it is missing. Throws NotFound `WORKSPACE_FILE_NOT_FOUND`, Corrupt
   * `WORKSPACE_BASELINE_CORRUPT`.
   */
  async restore(
    slugText: string,
    pathText: string,
    { expected }: ChangeRequest = {},
  ): Promise<WorkspaceStatus> {
    const path = parseFilePath(pathText);
    return this.#commands.change(
      slugText,
      'restore',
      expected,
      async (transaction, { manifest, folder, scan, now }) => {
        const { slug } = manifest;
        const file = manifest.baseline.find((each) => each.path === path);
        if (file === undefined) {
          throw new NotFound('WORKSPACE_FILE_NOT_FOUND', `${path} is not in the baseline of ${slug}`, {
            details: { slug, path },
          });
        }
        await folder.write(transaction, path, await this.#baselines.read(transaction, slug, file));
        return statusOf(
          await this.#commands.save(transaction, { ...manifest, updatedAt: now }),
          withFile(scan, file),
        );
      },
    );
  }

  /**
   * Ends a workspace: its files as they are and its manifest go into an archive, the folder is removed. Throws Conflict
   * `WORKSPACE_CHANGED` when somebody writes to the folder meanwhile.
   */
  async finish(slugText: string, { expected }: ChangeRequest = {}): Promise<WorkspaceStatus> {
    return this.#commands.end(slugText, 'finish', expected, async ({ manifest, folder, scan, now }) => {
      const archive = await this.#archiveName(manifest.slug, now);
      const baseline = scan.map(({ path, checksum, bytes }) => ({ path, checksum, bytes }));
      const ended: WorkspaceManifest = {
        ...manifest,
        baseline,
        updatedAt: now,
        end: { as: 'finished', at: now, archive },
      };
      const content = await this.#ports.archiver.pack(packWorkspace(ended, folder, scan));
      return { ended, write: (transaction) => transaction.files('archives').write(archive, content) };
    });
  }

  /**
   * Ends a workspace and removes its folder; nothing of the files is kept. Throws Conflict `WORKSPACE_DIRTY` when there
   * are changes that are not saved, unless they are to be discarded.
   */
  async abandon(
    slugText: string,
    { discard = false, expected }: AbandonRequest = {},
  ): Promise<WorkspaceStatus> {
    return this.#commands.end(slugText, 'abandon', expected, ({ manifest, scan, state, now }) => {
      if (state === 'dirty' && !discard) {
        const { changed, missing, unknown } = diffWorkspace(manifest.baseline, scan);
        throw new Conflict('WORKSPACE_DIRTY', `workspace ${manifest.slug} has changes that are not saved`, {
          details: { slug: manifest.slug, changed, missing, unknown },
        });
      }
      const ended = { ...manifest, updatedAt: now, end: { as: 'abandoned', at: now } } as const;
      return Promise.resolve({ ended, write: () => Promise.resolve() });
    });
  }

  /** The absolute path of the folder of an open workspace. */
  async path(slugText: string): Promise<string> {
    const { slug, end } = await this.#commands.manifest(parseWorkspaceSlug(slugText));
    if (end !== undefined) requireAllowed(slug, end.as, 'open');
    return this.#options.folderOf(slug);
  }

  /** The names of the templates there are. */
  templates(): Promise<readonly string[]> {
    return this.#templates.names();
  }

  /** A name that no archive has: a second one of the same day gets a number. A slug has no dot, so none is another's. */
  async #archiveName(slug: WorkspaceSlug, now: Timestamp): Promise<string> {
    const stem = `${slug}-${now.slice(0, 10)}`;
    let name = `${stem}.tar.gz`;
    for (let number = 2; await this.#ports.files.archives.exists(name); number++) {
      name = `${stem}.${number}.tar.gz`;
    }
    return name;
  }
}
