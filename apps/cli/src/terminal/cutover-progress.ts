import type { BackfillState, DiffState } from '@markitect/domain';
import { fitParts } from './fit.js';
import type { LineSpace, ProgressView } from './progress.js';
import { showSeconds } from './quantities.js';

/** What a run has begun with: a resumed one is faster than its numbers say. */
interface Begun {
  readonly seen: number;
  readonly seconds: number;
}

/** How a backfill is shown. */
export const backfillProgress: ProgressView<BackfillState> = {
  initial: { status: 'running', seen: 0, copied: 0, startedAt: '', updatedAt: '' },
  share: ({ seen, total }) => ({ done: seen, total }),
  line: backfillLine(),
};

/** How a comparison is shown. */
export const diffProgress: ProgressView<DiffState> = {
  initial: {
    status: 'running',
    percent: 100,
    compared: 0,
    onlyLegacy: 0,
    onlyModern: 0,
    different: 0,
    startedAt: '',
    updatedAt: '',
  },
  share: ({ compared }) => ({ done: compared }),
  line: (state, seconds, { width }) => {
    const found = state.onlyLegacy + state.onlyModern + state.different;
    const rate = seconds > 0 ? state.compared / seconds : 0;
    return fitParts(
      [`${state.compared} keys compared`, `${found} differ`, `${rate.toFixed(0)} keys/s`],
      width,
    );
  },
};

function backfillLine(): ProgressView<BackfillState>['line'] {
  let begun: Begun | undefined;
  return ({ seen, copied, total }: BackfillState, seconds: number, { bar, width }: LineSpace) => {
    if (seen > 0) begun ??= { seen, seconds };
    const done = seen - (begun?.seen ?? 0);
    const rate = begun === undefined || seconds <= begun.seconds ? 0 : done / (seconds - begun.seconds);
    const left =
      total !== undefined && rate > 0 && seen < total
        ? `ETA ${showSeconds((total - seen) / rate)}`
        : undefined;
    return fitParts(
      [
        total === undefined ? `${seen} keys` : `${bar} ${seen}/${total} keys`,
        left,
        `${copied} copied`,
        rate > 0 ? `${rate.toFixed(0)} keys/s` : undefined,
      ],
      width,
    );
  };
}
