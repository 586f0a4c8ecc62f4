import { type CutoverStage, cutoverStages, type CutoverState, Invalid } from '@markitect/domain';
import {
  type Client,
  FirstMatchStrategy,
  MultiProvider,
  OpenFeature,
  type Provider,
} from '@openfeature/server-sdk';
import { TextFlagProvider } from './text-flag-provider.js';

/** Where a flag says a component stands. */
export interface StageWish {
  readonly stage: CutoverStage;
  readonly percent: number;
}

/** The flag of a component: a text as {@link parseStageWish} reads it. */
export function stageFlag(component: string): string {
  return `markitect.cutover.${component}`;
}

/** Reads `legacy`, `modern`, `served:25`. Throws Invalid `REQUEST_INVALID` naming the flag. */
export function parseStageWish(text: string, flag = 'stage'): StageWish {
  const [, stage, share] = /^([a-z]+)(?::(\d{1,3}(?:\.\d+)?))?$/.exec(text.trim()) ?? [];
  const known = cutoverStages.find((each) => each === stage);
  const percent = known === 'served' ? Number(share) : known === 'modern' || known === 'complete' ? 100 : 0;
  const isRight =
    known !== undefined && (known === 'served' ? percent > 0 && percent <= 100 : share === undefined);
  if (isRight) return { stage: known, percent };
  throw new Invalid(
    'REQUEST_INVALID',
    `${flag} must be legacy, mirror, served:<1 to 100>, modern or complete, not ${JSON.stringify(text.slice(0, 40))}`,
    { details: { field: flag, allowed: [...cutoverStages] } },
  );
}

/**
 * Asks OpenFeature where components stand. The providers are asked in their order, and the first that knows the flag
 * decides; where none does the stored stage stays. Whatever fails is no wish: it is told, and the stored stage stays.
 */
export class StageFlags {
  readonly #client: Client;
  readonly #onFailure: (error: unknown) => void;

  private constructor(client: Client, onFailure: (error: unknown) => void) {
    this.#client = client;
    this.#onFailure = onFailure;
  }

  /** `domain` tells the providers of several instances in one process apart. Waits until they are ready. */
  static async open(
    providers: readonly Provider[],
    { domain = 'markitect-cutover', onFailure = () => undefined }: StageFlagsOptions = {},
  ): Promise<StageFlags> {
    // The last one knows every flag and wishes nothing: the stored stage stays.
    const stored = new TextFlagProvider('stored', () => '');
    const chain = new MultiProvider(
      [...providers, stored].map((provider) => ({ provider })),
      new FirstMatchStrategy(),
    );
    await OpenFeature.setProviderAndWait(domain, chain);
    return new StageFlags(OpenFeature.getClient(domain), onFailure);
  }

  /** What a flag wants of a component that stands elsewhere; `undefined`: nothing. */
  async wish(state: CutoverState): Promise<StageWish | undefined> {
    const flag = stageFlag(state.component);
    try {
      const details = await this.#client.getStringDetails(flag, '');
      if (details.value === '') {
        if (details.errorCode !== undefined) {
          throw new Error(details.errorMessage ?? details.errorCode);
        }
        return undefined;
      }
      const { stage, percent } = parseStageWish(details.value, flag);
      if (stage === state.stage && percent === state.percent) return undefined;
      return { stage, percent };
    } catch (error) {
      this.#onFailure(error);
      return undefined;
    }
  }
}

/** How flags are asked for. */
export interface StageFlagsOptions {
  readonly domain?: string;
  /** Told of flags that cannot be had or understood. Default: nobody is. */
  readonly onFailure?: (error: unknown) => void;
}
