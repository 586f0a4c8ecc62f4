import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseWorkspaceSlug } from '@markitect/domain';
import {
  documentRepositoryPort,
  type DocumentRepository,
  type Transaction,
  type UnitOfWork,
} from '@markitect/ports';
import { documentDraft, InMemoryUnitOfWork } from '@markitect/testing';
import { CacheManager } from '../src/cache-manager.js';
import { cached } from '../src/cached/cached.js';
import type { CachePlan } from '../src/cached/cache-plan.js';
import { invalidating, invalidatingHandlers } from '../src/cached/invalidating.js';
import { InProcessInvalidationLog } from '../src/log/in-process-invalidation-log.js';

const plan: CachePlan<DocumentRepository> = {
  port: documentRepositoryPort,
  reads: { get: { of: 'key', negativeTtlMs: 1000 }, list: { of: 'any' } },
  writes: { saveMany: (drafts) => drafts.map(({ path }) => path), removeMany: (paths) => paths },
};

let store: InMemoryUnitOfWork;
let unitOfWork: UnitOfWork;
let documents: DocumentRepository;
let asked: number;

const draft = (path: string, content = 'text') => documentDraft({ path, content });
const contentOf = async (path: string) => (await documents.get(draft(path).path))?.content;

beforeEach(() => {
  const log = new InProcessInvalidationLog();
  store = new InMemoryUnitOfWork({}, 'ada', log);
  unitOfWork = invalidating(store, { documents: plan });
  asked = 0;
  const counted = new Proxy(store.documents, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        asked += 1;
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const cache = new CacheManager({ memory: { maxBytes: 1024 * 1024 }, log }).namespace<unknown>('documents');
  documents = cached(plan, counted, cache);
});

describe('a unit of work beside a cache', () => {
  it('makes what it writes known with its commit, and not before', async () => {
    await documents.save(draft('a.md', 'one'));
    await documents.save(draft('b.md'));
    await expect(contentOf('a.md')).resolves.toBe('one');
    await contentOf('b.md');
    const before = asked;
    await unitOfWork.run(async (transaction) => {
      await transaction.documents.save(draft('a.md', 'two'));
      await expect(contentOf('a.md')).resolves.toBe('one');
      expect(asked).toBe(before);
    });
    await expect(contentOf('a.md')).resolves.toBe('two');
    await contentOf('b.md');
    expect(asked).toBe(before + 1);
  });

  it('makes nothing known when it is undone, wholly or in part', async () => {
    await documents.save(draft('a.md', 'one'));
    await contentOf('a.md');
    const before = asked;
    const failing = unitOfWork.run(async (transaction) => {
      await transaction.documents.save(draft('a.md', 'two'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await unitOfWork.run(async (transaction) => {
      const part = transaction.nested(async (inner) => {
        await inner.documents.remove(draft('a.md').path);
        throw new Error('no');
      });
      await part.catch(() => undefined);
    });
    await expect(contentOf('a.md')).resolves.toBe('one');
    expect(asked).toBe(before);
  });

  it('makes known what its parts write, and what a transaction writes that is held open', async () => {
    await contentOf('a.md');
    await unitOfWork.run((transaction) =>
      transaction.nested((inner) => inner.documents.saveMany([draft('a.md', 'one')])),
    );
    await expect(contentOf('a.md')).resolves.toBe('one');
    {
      await using transaction = await unitOfWork.begin();
      await transaction.documents.save(draft('a.md', 'two'));
      await transaction.commit();
    }
    await expect(contentOf('a.md')).resolves.toBe('two');
  });

  it('is what a plain write is, refused inside another', async () => {
    await documents.saveMany([draft('a.md', 'one')]);
    await expect(contentOf('a.md')).resolves.toBe('one');
    await documents.removeMany([draft('a.md').path]);
    await expect(contentOf('a.md')).resolves.toBeUndefined();
    const inside = unitOfWork.run(() => documents.save(draft('a.md')));
    await expect(inside).rejects.toMatchObject({ code: 'TRANSACTION_NESTED' });
  });

  it('keeps what it was told of other things: messages, effects, workspaces', async () => {
    const effects: string[] = [];
    await unitOfWork.run(async (transaction) => {
      await transaction.outbox.send('topic', 1);
      transaction.afterCommit(() => {
        effects.push('done');
      });
      await expect(transaction.workspaces.get(parseWorkspaceSlug('none'))).resolves.toBeUndefined();
      await transaction.cache.invalidate(['documents:a']);
    });
    expect([store.delivered.length, effects, store.invalidated.keys]).toEqual([1, ['done'], ['documents:a']]);
  });
});

describe('the handler of a message beside a cache', () => {
  it('makes what it writes known with its commit, though the store gives it a transaction of its own', async () => {
    const write = async (content: string, transaction: Transaction) => {
      await transaction.documents.save(draft('a.md', content));
      await transaction.nested((inner) => inner.documents.save(draft('b.md', content)));
    };
    const { told } = invalidatingHandlers({ told: write }, { documents: plan });
    await documents.save(draft('a.md', 'one'));
    await contentOf('a.md');
    await contentOf('b.md');
    await store.run((transaction) => told('two', transaction));
    await expect(contentOf('a.md')).resolves.toBe('two');
    await expect(contentOf('b.md')).resolves.toBe('two');
  });
});
