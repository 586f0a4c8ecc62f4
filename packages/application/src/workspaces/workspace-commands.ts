import {
  NotFound,
  parseWorkspaceSlug,
  requireAllowed,
  type Timestamp,
  type WorkspaceCommand,
  type WorkspaceManifest,
  type WorkspaceSlug,
  type WorkspaceState,
  workspaceState,
} from '@markitect/domain';
import type { Transaction } from '@markitect/ports';
import type { WorkspaceBaselines } from './workspace-baselines.js';
import { type FoundFile, WorkspaceFolder } from './workspace-folder.js';
import type { WorkspacePorts, WorkspaceServiceOptions } from './workspace-ports.js';
import {
  requireWorkspaceTag,
  statusOf,
  type WorkspacePrecondition,
  type WorkspaceStatus,
} from './workspace-status.js';

/** What a command works on: the manifest and the files as they were found under the lock. */
export interface Found {
  readonly manifest: WorkspaceManifest;
  readonly folder: WorkspaceFolder;
  readonly scan: readonly FoundFile[];
  readonly state: WorkspaceState;
  readonly now: Timestamp;
}

/** What all commands have in common: the lock around them, the state that allows them, one unit of work for each. */
export class WorkspaceCommands {
  readonly #ports: WorkspacePorts;
  readonly #options: Required<WorkspaceServiceOptions>;
  readonly #baselines: WorkspaceBaselines;

  constructor(
    ports: WorkspacePorts,
    options: Required<WorkspaceServiceOptions>,
    baselines: WorkspaceBaselines,
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#baselines = baselines;
  }

  /** Changes an open workspace if its state allows the command. */
  async change<T>(
    slugText: string,
    command: WorkspaceCommand,
    expected: WorkspacePrecondition | undefined,
    change: (transaction: Transaction, found: Found) => Promise<T>,
  ): Promise<T> {
    return this.run(slugText, command, expected, (found) =>
      this.unit((transaction) => change(transaction, found)),
    );
  }

  /** Ends an open workspace: writes what is to stay, and removes its folder and contents that only it had. */
  async end(
    slugText: string,
    command: 'finish' | 'abandon',
    expected: WorkspacePrecondition | undefined,
    plan: (found: Found) => Promise<{
      readonly ended: WorkspaceManifest;
      write(transaction: Transaction): Promise<void>;
    }>,
  ): Promise<WorkspaceStatus> {
    return this.run(slugText, command, expected, async (found) => {
      // Before the unit of work: packing takes long, and others may write meanwhile.
      found.folder.requireNames(found.scan);
      const planned = await plan(found);
      await found.folder.tidy();
      return this.unit(async (transaction) => {
        await planned.write(transaction);
        const saved = await this.save(transaction, planned.ended);
        await this.#baselines.drop(transaction, found.manifest.baseline);
        await found.folder.remove(transaction, found.scan);
        return statusOf(saved, []);
      });
    });
  }

  async run<T>(
    slugText: string,
    command: WorkspaceCommand,
    expected: WorkspacePrecondition | undefined,
    work: (found: Found) => Promise<T>,
  ): Promise<T> {
    const slug = parseWorkspaceSlug(slugText);
    return this.locked(slug, command, async () => {
      const found = await this.find(await this.manifest(slug));
      requireAllowed(slug, found.state, command);
      requireWorkspaceTag(statusOf(found.manifest, found.scan), expected);
      return work(found);
    });
  }

  async locked<T>(slug: WorkspaceSlug, command: WorkspaceCommand, work: () => Promise<T>): Promise<T> {
    const lease = await this.#ports.lock.acquire(slug, `${this.#options.owner} ${command}`);
    try {
      return await work();
    } finally {
      await lease.release();
    }
  }

  /** Never part of another unit of work: that would be committed after the lock is released. */
  unit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#ports.unitOfWork.run(work, { inside: 'refuse' });
  }

  save(transaction: Transaction, manifest: WorkspaceManifest): Promise<WorkspaceManifest> {
    return transaction.workspaces.save(manifest, manifest.revision);
  }

  async manifest(slug: WorkspaceSlug): Promise<WorkspaceManifest> {
    const manifest = await this.#ports.workspaces.get(slug);
    if (manifest !== undefined) return manifest;
    throw new NotFound('WORKSPACE_NOT_FOUND', `there is no workspace ${slug}`, { details: { slug } });
  }

  async find(manifest: WorkspaceManifest): Promise<Found> {
    const folder = this.folder(manifest.slug);
    const scan = manifest.end === undefined ? await folder.scan() : [];
    return { manifest, folder, scan, state: workspaceState(manifest, scan), now: this.now() };
  }

  folder(slug: WorkspaceSlug): WorkspaceFolder {
    return new WorkspaceFolder(this.#ports.files.workspaces, slug, this.#options.maxFileBytes);
  }

  now(): Timestamp {
    return this.#options.now().toISOString();
  }
}
