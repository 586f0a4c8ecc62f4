import { fileURLToPath } from 'node:url';
import { Invalid, type JsonObject, Timeout, Unavailable } from '@markitect/domain';
import { startWorkerThread } from 'synckit';
import type { ProfileAnswer, ProfileCall, ProfileCalls } from './profile-calls.js';
import { rebuiltError } from './rebuilt-error.js';

/** Which profiles a {@link LegacyProfileManager} works with. */
export interface LegacyProfileManagerOptions {
  /** A module that exports `openProfiles`, an {@link OpenProfiles}: its URL or absolute path. It runs in a worker. */
  readonly module: URL | string;
  /** Given to `openProfiles`. */
  readonly options?: JsonObject;
  /** The most milliseconds that a call blocks. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Ids as callers have them: numbers, too. */
type UserId = string | number;

/** How much longer than a call may take the worker is given to say that it took too long. */
const GRACE_MS = 1000;
const worker = fileURLToPath(new URL('../../dist/profile-manager/profile-worker.js', import.meta.url));

/**
 * Profiles by calls that block, as programs were written before there was anything to wait for: every call stops the
 * whole thread until it is done. For callers that cannot be changed; where
 * there is anything else to do at the same time, use the repository. The store runs in a worker: whatever the module
 * opens there, through a cutover or not.
 *
 * All calls throw the errors of the repository, with their codes; Timeout `DEADLINE_EXCEEDED` after `timeoutMs`, when a
 * write may still be carried out; Unavailable `CONNECTION_CLOSED` after {@link close}. Each has two names.
 */
export class LegacyProfileManager {
  readonly #ask: (call: ProfileCall) => ProfileAnswer;
  readonly #limitMs: number;
  #isClosed = false;

  /** Opens the profiles. Throws what the module throws. */
  constructor({ module, options = {}, timeoutMs = 30_000 }: LegacyProfileManagerOptions) {
    if (!Number.isInteger(timeoutMs) || timeoutMs < 1) {
      throw new Invalid('CONFIG_INVALID', 'timeoutMs must be a whole number from 1', {
        details: { field: 'timeoutMs' },
      });
    }
    this.#limitMs = timeoutMs;
    this.#ask = startWorkerThread<(call: ProfileCall) => ProfileAnswer>(worker, {
      timeout: timeoutMs + GRACE_MS,
    });
    this.#call('open', String(module), options);
  }

  /** The profile of a user; `null`: there is none. */
  getUserProfile(userId: UserId): JsonObject | null {
    return this.#call('get', String(userId));
  }

  /** Stores a profile in place of the one there is. */
  saveUserProfile(userId: UserId, profile: JsonObject): true {
    return this.#call('save', String(userId), profile);
  }

  /** Merges changes into a profile (RFC 7396: `null` removes) and answers it. Throws NotFound `RECORD_NOT_FOUND`. */
  updateUserProfile(userId: UserId, changes: JsonObject): JsonObject {
    return this.#call('update', String(userId), changes);
  }

  /** Answers whether there was one. */
  deleteUserProfile(userId: UserId): boolean {
    return this.#call('delete', String(userId));
  }

  /** All profiles by their users. */
  listUserProfiles(): Record<string, JsonObject> {
    return Object.fromEntries(this.#call('list'));
  }

  userExists(userId: UserId): boolean {
    return this.getUserProfile(userId) !== null;
  }

  /** The profile of a user, which is `initial` if there was none. */
  getOrCreateProfile(userId: UserId, initial: JsonObject = {}): JsonObject {
    return this.#call('getOrCreate', String(userId), initial);
  }

  /** As {@link getUserProfile}. */
  get_user_profile(userId: UserId): JsonObject | null {
    return this.getUserProfile(userId);
  }

  /** As {@link saveUserProfile}. */
  save_user_profile(userId: UserId, profile: JsonObject): true {
    return this.saveUserProfile(userId, profile);
  }

  /** As {@link updateUserProfile}. */
  update_user_profile(userId: UserId, changes: JsonObject): JsonObject {
    return this.updateUserProfile(userId, changes);
  }

  /** As {@link deleteUserProfile}. */
  delete_user_profile(userId: UserId): boolean {
    return this.deleteUserProfile(userId);
  }

  /** As {@link listUserProfiles}. */
  list_user_profiles(): Record<string, JsonObject> {
    return this.listUserProfiles();
  }

  /** As {@link userExists}. */
  user_exists(userId: UserId): boolean {
    return this.userExists(userId);
  }

  /** As {@link getOrCreateProfile}. */
  get_or_create_profile(userId: UserId, initial: JsonObject = {}): JsonObject {
    return this.getOrCreateProfile(userId, initial);
  }

  /** Closes the profiles and ends the worker. Does nothing when that is done already. */
  close(): void {
    if (this.#isClosed) return;
    this.#call('close');
    this.#isClosed = true;
  }

  #call<Name extends keyof ProfileCalls>(
    name: Name,
    ...args: Parameters<ProfileCalls[Name]>
  ): ReturnType<ProfileCalls[Name]> {
    if (this.#isClosed) throw new Unavailable('CONNECTION_CLOSED', 'the profiles are closed');
    const limitMs = this.#limitMs;
    let answer: ProfileAnswer;
    try {
      answer = this.#ask({ name, args, limitMs });
    } catch (error) {
      if (!/timed-out/.test(String(error))) throw rebuiltError(unknown(error));
      throw new Timeout('DEADLINE_EXCEEDED', `${name}: did not end within ${limitMs} ms`, {
        cause: error,
        details: { deadlineMs: limitMs, outcome: 'unknown' },
      });
    }
    if ('error' in answer) throw rebuiltError(answer.error);
    return answer.result as ReturnType<ProfileCalls[Name]>;
  }
}

/** The worker could not be started, or has ended. */
function unknown(error: unknown) {
  return {
    code: 'UNEXPECTED',
    message: `the worker of the profiles: ${String(error)}`,
    details: {},
    retryable: false,
  };
}
