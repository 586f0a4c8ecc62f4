import { randomUUID } from 'node:crypto';
import { Conflict } from '@markitect/domain';
import type { IssueMirror, MirrorTurn } from '@markitect/ports';

/** Renewals that may be late or fail before a turn is lost. */
const RENEWALS = 3;

/** The turn to fill a mirror, renewed as long as it is held. */
export class SyncTurn {
  readonly #mirror: IssueMirror;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;
  /** Who has taken it from this holder. */
  #lostTo: MirrorTurn | undefined;

  private constructor(mirror: IssueMirror, token: string, renew: () => Promise<MirrorTurn>, everyMs: number) {
    this.#mirror = mirror;
    this.#token = token;
    this.#timer = setInterval(() => {
      renew().then(
        (turn) => {
          if (turn.token !== token) this.#lostTo = turn;
        },
        // The next step meets the same trouble, and tells of it.
        () => undefined,
      );
    }, everyMs);
    this.#timer.unref();
  }

  /** Takes the turn. Throws Conflict `ISSUE_SYNC_RUNNING` when somebody else has it, and what the mirror throws. */
  static async take(mirror: IssueMirror, holder: string, ttlMs: number): Promise<SyncTurn> {
    const token = randomUUID();
    const ask = () => mirror.takeTurn({ token, holder, ttlMs });
    const turn = await ask();
    if (turn.token !== token) throw running(turn);
    return new SyncTurn(mirror, token, ask, Math.max(1, ttlMs / RENEWALS));
  }

  /** Throws Conflict `ISSUE_SYNC_RUNNING` when somebody else has been given the turn meanwhile. */
  require(): void {
    if (this.#lostTo !== undefined) throw running(this.#lostTo);
  }

  /** Gives it back. If that fails, it ends by itself. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#mirror.endTurn(this.#token).catch(() => undefined);
  }
}

function running({ holder, since, until }: MirrorTurn): Conflict {
  return new Conflict(
    'ISSUE_SYNC_RUNNING',
    `${holder} has been bringing the copy up to date since ${since}, and has its turn until ${until} at least`,
    { details: { holder, since, until } },
  );
}
