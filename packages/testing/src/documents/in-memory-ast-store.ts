import type { ContentHash } from '@markitect/domain';
import type { AstStore, EncodedTree } from '@markitect/ports';

/** An AST store for tests. Its clock stands still until {@link InMemoryAstStore.age} moves it. */
export class InMemoryAstStore implements AstStore {
  readonly #trees = new Map<ContentHash, { readonly tree: EncodedTree; readonly storedAt: number }>();
  #now = 0;

  get(hash: ContentHash): Promise<EncodedTree | undefined> {
    const stored = this.#trees.get(hash);
    return Promise.resolve(stored === undefined ? undefined : copyOf(stored.tree));
  }

  put(hash: ContentHash, tree: EncodedTree): Promise<void> {
    this.#trees.set(hash, { tree: copyOf(tree), storedAt: this.#now });
    return Promise.resolve();
  }

  stored(hashes: readonly ContentHash[]): Promise<ReadonlySet<ContentHash>> {
    return Promise.resolve(new Set(hashes.filter((hash) => this.#trees.has(hash))));
  }

  async sweep(
    isKnown: (hashes: readonly ContentHash[]) => Promise<ReadonlySet<ContentHash>>,
    graceMs: number,
  ): Promise<number> {
    const old = [...this.#trees]
      .filter(([, { storedAt }]) => this.#now - storedAt > graceMs)
      .map(([hash]) => hash);
    const known = await isKnown(old);
    const unknown = old.filter((hash) => !known.has(hash));
    for (const hash of unknown) this.#trees.delete(hash);
    return unknown.length;
  }

  /** Makes every tree stored until now this much older. */
  age(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    return Promise.resolve();
  }
}

function copyOf(tree: EncodedTree): EncodedTree {
  return new Uint8Array(tree) as EncodedTree;
}
