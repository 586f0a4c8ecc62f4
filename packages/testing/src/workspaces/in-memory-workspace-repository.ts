import {
  Conflict,
  type Page,
  type PageRequest,
  type WorkspaceManifest,
  workspacePhase,
  type WorkspaceSlug,
} from '@markitect/domain';
import type { WorkspaceQuery, WorkspaceRepository } from '@markitect/ports';
import { pageOf } from '../documents/in-memory-paging.js';
import { streamOf } from '../unit-of-work/port-calls.js';

/** A workspace repository for tests that keeps everything in memory and the whole contract. */
export class InMemoryWorkspaceRepository implements WorkspaceRepository {
  #stored = new Map<WorkspaceSlug, WorkspaceManifest>();

  async get(slug: WorkspaceSlug): Promise<WorkspaceManifest | undefined> {
    return Promise.resolve(structuredClone(this.#stored.get(slug)));
  }

  async list({ phase, ...page }: WorkspaceQuery): Promise<Page<WorkspaceManifest>> {
    await Promise.resolve();
    const matching = [...this.#stored.values()].filter(
      (manifest) => phase === undefined || workspacePhase(manifest) === phase,
    );
    return pageOf(structuredClone(matching), page, ['workspaces', phase ?? null], ({ slug }) => [slug, slug]);
  }

  stream(query: Omit<WorkspaceQuery, keyof PageRequest>): AsyncIterable<WorkspaceManifest> {
    return streamOf((page) => this.list({ ...query, ...page }));
  }

  async save(manifest: WorkspaceManifest, expectedRevision: number): Promise<WorkspaceManifest> {
    await Promise.resolve();
    const { slug } = manifest;
    const revision = this.#stored.get(slug)?.revision ?? 0;
    if (revision !== expectedRevision) {
      throw new Conflict(
        'WORKSPACE_CHANGED',
        `workspace ${slug} is at revision ${revision}, not ${expectedRevision}`,
        { details: { slug, revision, expectedRevision } },
      );
    }
    const stored = structuredClone({ ...manifest, revision: revision + 1 });
    this.#stored.set(slug, stored);
    return structuredClone(stored);
  }

  async knownChecksums(checksums: readonly string[]): Promise<ReadonlySet<string>> {
    await Promise.resolve();
    const known = new Set(
      [...this.#stored.values()]
        .filter((manifest) => workspacePhase(manifest) === 'open')
        .flatMap(({ baseline }) => baseline.map((file) => file.checksum)),
    );
    return new Set(checksums.filter((checksum) => known.has(checksum)));
  }

  /** A repository with the same rows, that changes by itself. */
  copy(): InMemoryWorkspaceRepository {
    const copy = new InMemoryWorkspaceRepository();
    copy.become(this);
    return copy;
  }

  /** Takes over the rows of another repository in place of its own. */
  become(other: InMemoryWorkspaceRepository): void {
    this.#stored = new Map(other.#stored);
  }
}
