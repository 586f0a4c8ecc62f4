import { describe, expect, it } from '@jest/globals';
import type { ContentHash } from '@markitect/domain';
import type { AstStore, EncodedTree } from '@markitect/ports';
import { contentHash } from './document-draft.js';

/** A store under test. */
export interface OpenAstStore {
  readonly store: AstStore;
  /** Makes every tree stored until now this much older. */
  readonly age: (milliseconds: number) => Promise<void>;
  /** Damages a stored tree as a crash or a failing disk would. Left out: the store cannot be damaged. */
  readonly damage?: (hash: ContentHash) => Promise<void>;
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/** What every AstStore promises. `open` gives a new, empty store for each test. */
export function describeAstStoreContract(name: string, open: () => Promise<OpenAstStore>): void {
  const stored = (body: (opened: OpenAstStore) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };

  describe(`${name} keeps the AstStore contract`, () => {
    it(
      'gives back exactly the bytes that were put',
      stored(async ({ store }) => {
        const everyByte = treeOf(Uint8Array.from({ length: 1024 }, (_, index) => index % 256));
        const large = treeOf(new Uint8Array(3_000_000).fill(7));
        await store.put(hashOf(1), everyByte);
        await store.put(hashOf(2), large);
        expect(sameBytes(await store.get(hashOf(1)), everyByte)).toBe(true);
        expect(sameBytes(await store.get(hashOf(2)), large)).toBe(true);
      }),
    );

    it(
      'gives undefined for a tree that is not stored',
      stored(async ({ store }) => {
        await store.put(hashOf(1), tree(1));
        expect(await store.get(hashOf(2))).toBeUndefined();
      }),
    );

    it(
      'takes the same tree again, also at the same time',
      stored(async ({ store }) => {
        await Promise.all(Array.from({ length: 16 }, () => store.put(hashOf(1), tree(1))));
        await store.put(hashOf(1), tree(1));
        expect(sameBytes(await store.get(hashOf(1)), tree(1))).toBe(true);
      }),
    );

    it(
      'keeps many trees put at the same time apart',
      stored(async ({ store }) => {
        const numbers = Array.from({ length: 64 }, (_, index) => index);
        await Promise.all(numbers.map((number) => store.put(hashOf(number), tree(number))));
        const read = await Promise.all(numbers.map((number) => store.get(hashOf(number))));
        expect(read.map((bytes, number) => sameBytes(bytes, tree(number)))).toEqual(numbers.map(() => true));
      }),
    );

    it(
      'is not affected by changes to the bytes that were put or got',
      stored(async ({ store }) => {
        const written = tree(1);
        await store.put(hashOf(1), written);
        written.fill(0);
        (await store.get(hashOf(1)))?.fill(0);
        expect(sameBytes(await store.get(hashOf(1)), tree(1))).toBe(true);
      }),
    );

    it(
      'answers which of some hashes are stored',
      stored(async ({ store }) => {
        await store.put(hashOf(1), tree(1));
        await store.put(hashOf(2), tree(2));
        expect(await store.stored([hashOf(3), hashOf(1), hashOf(1)])).toEqual(new Set([hashOf(1)]));
        expect(await store.stored([])).toEqual(new Set());
      }),
    );

    it(
      'sweeps the old trees that are not known, and counts them',
      stored(async ({ store, age }) => {
        for (const number of [1, 2, 3]) await store.put(hashOf(number), tree(number));
        await age(2 * HOUR);
        expect(await store.sweep(knowing(hashOf(2)), HOUR)).toBe(2);
        expect(await store.stored([1, 2, 3].map(hashOf))).toEqual(new Set([hashOf(2)]));
        expect(await store.get(hashOf(1))).toBeUndefined();
        expect(sameBytes(await store.get(hashOf(2)), tree(2))).toBe(true);
        expect(await store.sweep(knowing(hashOf(2)), HOUR)).toBe(0);
      }),
    );

    it(
      'spares the trees that are younger than the grace time',
      stored(async ({ store, age }) => {
        await store.put(hashOf(1), tree(1));
        await age(2 * HOUR);
        await store.put(hashOf(2), tree(2));
        expect(await store.sweep(knowing(), HOUR)).toBe(1);
        expect(await store.stored([hashOf(1), hashOf(2)])).toEqual(new Set([hashOf(2)]));
      }),
    );

    it(
      'asks about every old tree when it sweeps many, and about nothing else',
      stored(async ({ store, age }) => {
        const hashes = Array.from({ length: 300 }, (_, index) => hashOf(index));
        for (const hash of hashes) await store.put(hash, tree(0));
        await age(2 * HOUR);
        const asked: ContentHash[] = [];
        const known = new Set(hashes.filter((_, index) => index % 3 === 0));
        const removed = await store.sweep((batch) => {
          asked.push(...batch);
          return Promise.resolve(new Set(batch.filter((hash) => known.has(hash))));
        }, HOUR);
        expect(removed).toBe(200);
        expect(asked.sort()).toEqual([...hashes].sort());
        expect(await store.stored(hashes)).toEqual(known);
      }),
    );

    it(
      'sweeps nothing from an empty store',
      stored(async ({ store }) => {
        expect(await store.sweep(knowing(), 0)).toBe(0);
      }),
    );

    it(
      'keeps its trees when the question which are known fails',
      stored(async ({ store, age }) => {
        await store.put(hashOf(1), tree(1));
        await age(2 * HOUR);
        const failure = new Error('the repository is away');
        await expect(store.sweep(() => Promise.reject(failure), HOUR)).rejects.toBe(failure);
        expect(await store.stored([hashOf(1)])).toEqual(new Set([hashOf(1)]));
      }),
    );

    it(
      'gives undefined for a damaged tree, and heals when it is put again',
      stored(async ({ store, damage }) => {
        await store.put(hashOf(1), tree(1));
        if (damage !== undefined) {
          await damage(hashOf(1));
          expect(await store.get(hashOf(1))).toBeUndefined();
        }
        await store.put(hashOf(1), tree(1));
        expect(sameBytes(await store.get(hashOf(1)), tree(1))).toBe(true);
      }),
    );
  });
}

function hashOf(number: number): ContentHash {
  return contentHash(`content ${number}`);
}

function tree(number: number): EncodedTree {
  return treeOf(Buffer.from(`tree ${number}`));
}

function treeOf(bytes: Uint8Array): EncodedTree {
  return new Uint8Array(bytes) as EncodedTree;
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}

function knowing(...known: ContentHash[]) {
  return (hashes: readonly ContentHash[]) =>
    Promise.resolve(new Set(hashes.filter((hash) => known.includes(hash))));
}
