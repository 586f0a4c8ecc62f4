import {
  ErrorCode,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';

/** Flags that are texts somewhere, e.g. in the environment or in a file. A flag without a text is not found. */
export class TextFlagProvider implements Provider {
  readonly metadata: { readonly name: string };
  readonly runsOn = 'server' as const;
  readonly #textOf: (flag: string) => string | undefined | Promise<string | undefined>;

  constructor(name: string, textOf: (flag: string) => string | undefined | Promise<string | undefined>) {
    this.metadata = { name };
    this.#textOf = textOf;
  }

  resolveStringEvaluation(flag: string, defaultValue: string): Promise<ResolutionDetails<string>> {
    return this.#resolve(flag, defaultValue, (text) => text);
  }

  resolveBooleanEvaluation(flag: string, defaultValue: boolean): Promise<ResolutionDetails<boolean>> {
    return this.#resolve(flag, defaultValue, (text) =>
      text === 'true' ? true : text === 'false' ? false : undefined,
    );
  }

  resolveNumberEvaluation(flag: string, defaultValue: number): Promise<ResolutionDetails<number>> {
    return this.#resolve(flag, defaultValue, (text) => {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isNaN(value) ? undefined : value;
    });
  }

  resolveObjectEvaluation<T extends JsonValue>(flag: string, defaultValue: T): Promise<ResolutionDetails<T>> {
    return this.#resolve(flag, defaultValue, (text) => {
      try {
        return JSON.parse(text) as T;
      } catch {
        return undefined;
      }
    });
  }

  async #resolve<T>(
    flag: string,
    defaultValue: T,
    parse: (text: string) => T | undefined,
  ): Promise<ResolutionDetails<T>> {
    const text = await this.#textOf(flag);
    if (text === undefined) {
      return failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, `${this.metadata.name} has no flag ${flag}`);
    }
    const value = parse(text);
    return value === undefined
      ? failed(defaultValue, ErrorCode.TYPE_MISMATCH, `the flag ${flag} is not of the type asked for`)
      : { value, reason: StandardResolutionReasons.STATIC };
  }
}

function failed<T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage };
}
