import type { HttpResponse, RepeatGuard } from '@markitect/connections';
import { z } from 'zod';
import { commentAnswer, issueAnswer, readAnswer, userAnswer } from './gitea-answers.js';
import { GiteaApi, hasCode } from './gitea-api.js';

/** The most numbers that are remembered of what was written. */
const MOST_TAKEN = 10_000;

/**
 * The user of the token, and what was written with it: a write whose answer was lost is looked for among what that
 * user has written since it began, by what it says.
 */
export class TrackerUser {
  readonly #api: GiteaApi;
  #login: Promise<string | undefined> | undefined;
  /** What writes were answered with: what one has made is not taken for the effect of another that says the same. */
  readonly #taken = new Set<string>();

  constructor(api: GiteaApi) {
    this.#api = api;
  }

  /** The name of the user; `undefined` when the token may not ask for it. */
  async login(): Promise<string | undefined> {
    this.#login ??= this.#fetchLogin();
    return this.#login;
  }

  /** Remembers an issue or a comment that was answered. */
  take(kind: 'issue' | 'comment', id: number): void {
    this.#taken.add(`${kind} ${id}`);
    for (const oldest of this.#taken) {
      if (this.#taken.size <= MOST_TAKEN) break;
      this.#taken.delete(oldest);
    }
  }

  /** Finds the issue that a creation begun now has made. */
  async issueGuard(title: string, body: string): Promise<RepeatGuard> {
    return this.#guard(
      'issue',
      this.#api.path('issues'),
      issueAnswer,
      { state: 'all', type: 'issues' },
      (answer) => (answer.title === title && (answer.body ?? '') === body ? answer.number : undefined),
    );
  }

  /** Finds the comment that was begun to be written now. */
  async commentGuard(issue: number, body: string): Promise<RepeatGuard> {
    return this.#guard('comment', this.#api.path('issues', issue, 'comments'), commentAnswer, {}, (answer) =>
      (answer.body ?? '') === body ? answer.id : undefined,
    );
  }

  async #guard<
    T extends { readonly created_at: string; readonly user?: { login: string } | null | undefined },
  >(
    kind: 'issue' | 'comment',
    path: string,
    schema: z.ZodType<T>,
    query: Readonly<Record<string, string>>,
    idOf: (answer: T) => number | undefined,
  ): Promise<RepeatGuard> {
    const login = await this.login();
    // The server's clock shows whole seconds, and so do the times it gives.
    const since = Math.floor(this.#api.serverNow() / 1000) * 1000 - 1000;
    const what = `look for the ${kind} that was sent`;
    return {
      carriedOut: async (signal) => {
        for (let page = 1, seen = 0; ; page += 1) {
          const response = await this.#api.send(
            {
              method: 'GET',
              path,
              query: { ...query, since: new Date(since).toISOString(), page, limit: 50 },
              signal,
              share: false,
            },
            { what },
          );
          const bodies = readAnswer(z.array(z.json()).nullable(), response.body, what) ?? [];
          for (const body of bodies) {
            const answer = readAnswer(schema, body, what);
            const id = idOf(answer);
            const isOurs = login === undefined || answer.user?.login === login;
            const isNew = Date.parse(answer.created_at) >= since;
            if (id === undefined || !isOurs || !isNew || this.#taken.has(`${kind} ${id}`)) continue;
            this.take(kind, id);
            return { status: 201, headers: {}, body } satisfies HttpResponse;
          }
          seen += bodies.length;
          if (bodies.length === 0 || seen >= (GiteaApi.total(response) ?? seen)) return undefined;
        }
      },
    };
  }

  async #fetchLogin(): Promise<string | undefined> {
    const what = 'ask whose token it is';
    try {
      const { body } = await this.#api.send({ method: 'GET', path: 'user' }, { what });
      return readAnswer(userAnswer, body, what).login;
    } catch (error) {
      if (hasCode(error, 'TRACKER_FORBIDDEN')) return undefined;
      this.#login = undefined;
      throw error;
    }
  }
}
