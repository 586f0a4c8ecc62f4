import { createHash } from 'node:crypto';
import type { LockHolder, WorkspaceSlug } from '@markitect/domain';
import type { FileStore } from '@markitect/ports';
import {
  FakeArchiver,
  InMemoryFileStore,
  InMemoryUnitOfWork,
  InMemoryWorkspaceLock,
} from '@markitect/testing';
import { type WorkspacePorts, WorkspaceService } from '../src/index.js';

/** A service on fakes, its clock, and what can be seen and done behind its back. */
export function workspaceFixture(overrides: Partial<WorkspacePorts> = {}) {
  const files = {
    workspaces: new InMemoryFileStore(),
    baselines: new InMemoryFileStore(),
    archives: new InMemoryFileStore(),
    templates: new InMemoryFileStore(),
  };
  const unitOfWork = new InMemoryUnitOfWork(files);
  const held = new Map<WorkspaceSlug, LockHolder>();
  const clock = { now: new Date('2026-11-21T12:00:00.000Z') };
  const ports: WorkspacePorts = {
    workspaces: unitOfWork.workspaces,
    unitOfWork,
    lock: new InMemoryWorkspaceLock(held),
    archiver: new FakeArchiver(),
    files,
    ...overrides,
  };
  let ids = 0;
  const service = new WorkspaceService(ports, {
    folderOf: (slug) => `/data/workspaces/${slug}`,
    now: () => clock.now,
    newId: () => `id-${++ids}`,
    maxFileBytes: 1000,
  });
  return {
    service,
    ports,
    files,
    unitOfWork,
    held,
    clock,
    write: (path: string, content: string) => files.workspaces.write(path, bytes(content)),
    read: async (path: string) => text((await files.workspaces.read(path)).bytes),
  };
}

export const bytes = (content: string) => new TextEncoder().encode(content);
export const text = (content: Uint8Array) => new TextDecoder().decode(content);
export const checksum = (content: string) => createHash('sha256').update(content).digest('hex');
export const blobPath = (content: string) => `${checksum(content).slice(0, 2)}/${checksum(content)}`;

export async function paths(store: FileStore, folder?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of store.list(folder)) found.push(path);
  return found;
}
