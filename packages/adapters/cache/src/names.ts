import { cacheKey, EVERYTHING, invalidationName, namespaceTag } from '@markitect/ports';

/** By what names an entry can be invalidated, as the log has them. */
export class Names {
  readonly #namespace: string;
  readonly #key: string;
  readonly tags: readonly string[];

  constructor(namespace: string, key: string, tags: readonly string[]) {
    this.#namespace = namespace;
    this.#key = key;
    this.tags = tags;
  }

  get key(): string {
    return invalidationName({ kind: 'key', name: cacheKey(this.#namespace, this.#key) });
  }

  get expiry(): string {
    return invalidationName({ kind: 'expiry', name: cacheKey(this.#namespace, this.#key) });
  }

  get namespace(): string {
    return invalidationName({ kind: 'tag', name: namespaceTag(this.#namespace) });
  }

  all(): string[] {
    const tags = this.tags.map((name) => invalidationName({ kind: 'tag', name }));
    return [EVERYTHING, this.key, this.expiry, this.namespace, ...tags];
  }
}
