import {
  environmentFlags,
  fileFlags,
  type FlagProvider,
  IntegrationManager,
  moduleFlags,
  StageFlags,
  type StageWish,
} from '@markitect/migration';
import type { MovedComponent } from './moved-component.js';

/** What decides where components stand besides what is stored, and who is told of what fails beside an answer. */
export interface CutoverRuntimeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly flagFile?: string;
  /** A module, looked up from {@link folder} first. */
  readonly flagProvider?: string;
  /** Absolute. */
  readonly folder: string;
  readonly onFailure?: (component: string, error: unknown) => void;
  /** Told when a flag of this process has moved a component, for all processes. */
  readonly onOverride?: (component: string, from: StageWish, to: StageWish) => void;
}

/** After how long the same failure is told again, in milliseconds. */
const TELL_AGAIN_MS = 10_000;
const MAX_TOLD = 100;

let domains = 0;

/** The cutovers of this process while it runs: what flags say is followed, and what was measured is handed on. */
export class CutoverRuntime {
  readonly #components: readonly MovedComponent[];
  readonly #options: CutoverRuntimeOptions;
  #manager: Promise<IntegrationManager> | undefined;
  #announced: Promise<void> | undefined;
  #isKept = false;
  readonly #toldAt = new Map<string, number>();
  #listener: ((component: string, error: unknown) => void) | undefined;

  constructor(components: readonly MovedComponent[], options: CutoverRuntimeOptions) {
    this.#components = components;
    this.#options = options;
  }

  /**
   * Done before a component is used: what the flags say is followed, once. Throws Invalid `CONFIG_INVALID` for a
   * provider of flags that cannot be used; what the store of the stages throws. Then it is tried again the next time.
   */
  ready(): Promise<void> {
    this.#announced ??= this.#announce().catch((error: unknown) => {
      this.#announced = undefined;
      throw error;
    });
    return this.#announced;
  }

  /**
   * From now on, until {@link close}: follows the flags, repairs, watches the components and reverses or degrades them.
   * Throws as {@link ready}.
   *
   * @param onFailure told of what fails, and is tried again
   */
  async keep(onFailure?: (component: string, error: unknown) => void): Promise<void> {
    if (this.#isKept || this.#components.length === 0) return;
    this.#listener = onFailure;
    this.#isKept = true;
    try {
      await (await this.#open()).start();
      this.#announced ??= Promise.resolve();
    } catch (error) {
      this.#isKept = false;
      throw error;
    }
  }

  /** Tells of what failed beside an answer: of the same once in ten seconds. */
  readonly failed = (component: string, error: unknown): void => {
    const tell = this.#listener ?? this.#options.onFailure;
    if (tell === undefined) return;
    // What is tried four times a second would fill a log with one failure.
    const text = `${component} ${String(error)}`;
    const now = performance.now();
    if (now - (this.#toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return;
    if (this.#toldAt.size >= MAX_TOLD) this.#toldAt.clear();
    this.#toldAt.set(text, now);
    tell(component, error);
  };

  /** Settles when nothing runs in the background, what was measured is stored, and this process counts as gone. */
  async close(): Promise<void> {
    const manager = await this.#manager?.catch(() => undefined);
    if (manager === undefined) return;
    await manager.stop();
    for (const { component } of this.#components) {
      // What it has left in flight, if anything, need not wait until it counts as dead.
      await component.store.heartbeat(component.process, 0).catch(component.onFailure);
    }
    this.#manager = undefined;
    this.#announced = undefined;
    this.#isKept = false;
  }

  async #announce(): Promise<void> {
    if (this.#components.length > 0) await (await this.#open()).announce();
  }

  #open(): Promise<IntegrationManager> {
    this.#manager ??= this.#make().catch((error: unknown) => {
      this.#manager = undefined;
      throw error;
    });
    return this.#manager;
  }

  async #make(): Promise<IntegrationManager> {
    domains += 1;
    const flags = await StageFlags.open(await this.#providers(), {
      domain: `markitect-cutover-${domains}`,
      onFailure: (error) => this.failed('flags', error),
    });
    const { onOverride } = this.#options;
    return new IntegrationManager(this.#components, {
      flags,
      onFailure: this.failed,
      ...(onOverride === undefined ? {} : { onOverride }),
    });
  }

  async #providers(): Promise<readonly FlagProvider[]> {
    const { env, flagFile, flagProvider, folder } = this.#options;
    return [
      ...(flagProvider === undefined ? [] : [await moduleFlags(flagProvider, folder)]),
      environmentFlags(env),
      ...(flagFile === undefined ? [] : [fileFlags(flagFile)]),
    ];
  }
}
