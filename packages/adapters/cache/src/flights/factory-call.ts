import { Invalid } from '@markitect/domain';
import type { CacheSetOptions, FactoryContext, PreviousValue } from '@markitect/ports';

/** One call of a factory: what the factory sees, and what it decided. */
export class FactoryCall implements FactoryContext<unknown> {
  readonly key: string;
  readonly previous: PreviousValue<unknown> | undefined;
  /** What the factory wants the value to be kept like. */
  options: CacheSetOptions = {};
  validator: string | undefined;
  isSkipped = false;
  readonly #abort: AbortHandle;

  constructor(key: string, previous: PreviousValue<unknown> | undefined, abort: AbortHandle) {
    this.key = key;
    this.previous = previous;
    this.#abort = abort;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  readonly keep = ({ validator, ...options }: CacheSetOptions & { readonly validator?: string }): void => {
    if (validator !== undefined) this.validator = validator;
    const tags = [...(this.options.tags ?? []), ...(options.tags ?? [])];
    this.options = { ...this.options, ...options, ...(tags.length > 0 && { tags }) };
  };

  readonly skip = (): void => {
    this.isSkipped = true;
  };

  readonly notModified = (): unknown => {
    if (this.previous === undefined) {
      throw new Invalid(
        'REQUEST_INVALID',
        `there is no previous value of "${this.key}" that could be confirmed`,
      );
    }
    this.validator ??= this.previous.validator;
    return this.previous.value;
  };
}

/** An abort signal that is made when somebody asks for it: most factories never do. */
export class AbortHandle {
  #controller: AbortController | undefined;
  #reason: unknown;
  isAborted = false;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.isAborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
