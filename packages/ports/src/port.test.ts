import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type {
  ContentHash,
  DocumentDraft,
  DocumentPath,
  WorkspaceManifest,
  WorkspaceSlug,
} from '@markitect/domain';
import {
  archiverPort,
  astStorePort,
  cachePort,
  cacheTierPort,
  definePort,
  documentRepositoryPort,
  documentSourcePort,
  type EncodedTree,
  fileStorePort,
  invalidationLogPort,
  leaseStorePort,
  markdownParserPort,
  type OperationTable,
  type Port,
  stagingFileStorePort,
  unitOfWorkPort,
  workspaceLockPort,
  workspaceRepositoryPort,
} from './index.js';

interface Shelf {
  take(name: string): Promise<string>;
  put(name: string): Promise<void>;
  walk(): AsyncIterable<string>;
}

const operations: OperationTable<Shelf> = {
  take: { kind: 'read', idempotent: true, key: (name) => name },
  put: { kind: 'write', idempotent: false },
  walk: { kind: 'read', idempotent: true },
};

describe('definePort', () => {
  it('gives a port that nobody can change', () => {
    const port = definePort<Shelf>('Shelf', { ...operations });
    expect(port.name).toBe('Shelf');
    expect(port.operations.take.key?.('spoon')).toBe('spoon');
    expect(() => Object.assign(port, { name: 'other' })).toThrow(TypeError);
    expect(() => Object.assign(port.operations, { take: operations.put })).toThrow(TypeError);
    expect(() => Object.assign(port.operations.take, { kind: 'write' })).toThrow(TypeError);
  });

  it('does not compile with a table that is not exactly the interface', () => {
    const { take, put, walk } = operations;
    // @ts-expect-error -- an operation is missing
    definePort<Shelf>('Shelf', { take, put });
    // @ts-expect-error -- an operation too many
    definePort<Shelf>('Shelf', { take, put, walk, drop: put });
    // @ts-expect-error -- a key of another type than the operation's arguments
    definePort<Shelf>('Shelf', { take: { ...take, key: (name: number) => `${name}` }, put, walk });
    // @ts-expect-error -- a method that answers at once can be no port's
    definePort<{ size(): number }>('Sized', { size: { kind: 'read', idempotent: true } });
    expect(Object.keys(operations)).toEqual(['take', 'put', 'walk']);
  });
});

const ports: [Port<unknown>, string][] = [
  [documentRepositoryPort, 'documents/document-repository.ts'],
  [documentSourcePort, 'documents/document-source.ts'],
  [markdownParserPort, 'documents/markdown-parser.ts'],
  [astStorePort, 'documents/ast-store.ts'],
  [cachePort, 'cache/cache.ts'],
  [cacheTierPort, 'cache/cache-tier.ts'],
  [invalidationLogPort, 'cache/invalidation-log.ts'],
  [leaseStorePort, 'cache/lease-store.ts'],
  [fileStorePort, 'files/file-store.ts'],
  [stagingFileStorePort, 'files/staging-file-store.ts'],
  [unitOfWorkPort, 'unit-of-work/unit-of-work.ts'],
  [archiverPort, 'workspaces/archiver.ts'],
  [workspaceLockPort, 'workspaces/workspace-lock.ts'],
  [workspaceRepositoryPort, 'workspaces/workspace-repository.ts'],
];

describe.each(ports)('the operation table of $name', (port, file) => {
  const entries = Object.entries<{ kind: string; idempotent: boolean; key?: (...args: string[]) => string }>(
    port.operations,
  );

  it('lists exactly the methods of the interface', () => {
    const source = readFileSync(new URL(file, import.meta.url), 'utf8');
    const body = new RegExp(`export interface ${port.name}\\b.*?^}`, 'ms').exec(source)?.[0] ?? '';
    const methods = [...body.matchAll(/^ {2}(\w+)(?:<[^>(]+>)?\(/gm)].map((match) => match[1]);
    expect(methods.length).toBeGreaterThan(0);
    expect(entries.map(([name]) => name).sort()).toEqual([...methods].sort());
  });

  it.each(entries)('says of %s whether it writes and can be repeated', (_, operation) => {
    expect(['read', 'write']).toContain(operation.kind);
    expect(typeof operation.idempotent).toBe('boolean');
    if (operation.kind === 'read') expect(operation.idempotent).toBe(true);
  });
});

it('keys are the thing an operation touches', () => {
  const { get, save, remove, links } = documentRepositoryPort.operations;
  const path = 'a.md' as DocumentPath;
  expect(get.key?.(path)).toBe('a.md');
  expect(remove.key?.(path)).toBe('a.md');
  expect(links.key?.(path)).toBe('a.md');
  expect(save.key?.({ path } as DocumentDraft)).toBe('a.md');
  expect(documentSourcePort.operations.read.key?.('/a.md', 1)).toBe('/a.md');
  const { getOrSet, get: getCached, lookup, has, set, delete: remove_, expire } = cachePort.operations;
  const caching = [getOrSet.key?.('k', () => 1), set.key?.('k', 1)];
  expect([...caching, ...[getCached, lookup, has, remove_, expire].map((each) => each.key?.('k'))]).toEqual(
    Array.from({ length: 7 }, () => 'k'),
  );
  const { acquire, renew, release } = leaseStorePort.operations;
  expect([
    acquire.key?.('l', 1),
    renew.key?.('l', 't', 1),
    release.key?.('l', 't', { kind: 'done' }),
  ]).toEqual(['l', 'l', 'l']);
  const hash = 'h' as ContentHash;
  expect(astStorePort.operations.get.key?.(hash)).toBe('h');
  expect(astStorePort.operations.put.key?.(hash, new Uint8Array() as EncodedTree)).toBe('h');
  const { read, exists, write, copy, move, remove: removeFile } = fileStorePort.operations;
  expect([read.key?.('p'), exists.key?.('p'), write.key?.('p', new Uint8Array())]).toEqual(['p', 'p', 'p']);
  expect([copy.key?.('from', 'to'), move.key?.('from', 'to'), removeFile.key?.('p')]).toEqual([
    'to',
    'to',
    'p',
  ]);
  const { apply, ...staging } = stagingFileStorePort.operations;
  expect(apply.key?.({ staged: 's', target: 't' })).toBe('t');
  expect([staging.stage.key?.('s', new Uint8Array()), staging.readStaged.key?.('s')]).toEqual(['s', 's']);
  expect([staging.discard.key?.('s'), staging.check.key?.('t'), staging.applyRemove.key?.('t')]).toEqual([
    's',
    't',
    't',
  ]);
  const slug = '42' as WorkspaceSlug;
  expect(workspaceLockPort.operations.acquire.key?.(slug, 'me')).toBe('42');
  expect(workspaceRepositoryPort.operations.get.key?.(slug)).toBe('42');
  expect(workspaceRepositoryPort.operations.save.key?.({ slug } as WorkspaceManifest, 1)).toBe('42');
});
