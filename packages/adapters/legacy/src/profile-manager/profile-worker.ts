import { setTimeout as pause } from 'node:timers/promises';
import { isMarkitectError, type JsonObject, Timeout, Unavailable } from '@markitect/domain';
import type { RecordRepository } from '@markitect/ports';
import { runAsWorker } from 'synckit';
import type {
  OpenedProfiles,
  OpenProfiles,
  PlainError,
  ProfileAnswer,
  ProfileCall,
  ProfileCalls,
} from './profile-calls.js';

/** The end of the thread after the answer that it is about to end is sent. */
const END_MS = 20;

let opened: OpenedProfiles | undefined;

type AsyncCalls = {
  [Name in keyof ProfileCalls]: (
    ...args: Parameters<ProfileCalls[Name]>
  ) => Promise<ReturnType<ProfileCalls[Name]>>;
};

const calls: AsyncCalls = {
  async open(module, options) {
    const { openProfiles } = (await import(module)) as { readonly openProfiles?: OpenProfiles };
    if (openProfiles === undefined) throw new TypeError(`${module} exports no openProfiles`);
    opened = await openProfiles(options);
    return true;
  },
  get: async (userId) => (await profiles().get(userId))?.value ?? null,
  async save(userId, profile) {
    await profiles().save(userId, profile);
    return true;
  },
  update: async (userId, changes) => (await profiles().patch(userId, changes)).value,
  delete: async (userId) => profiles().remove(userId),
  async list() {
    const all: [string, JsonObject][] = [];
    for await (const { key, value } of profiles().stream({})) all.push([key, value]);
    return all;
  },
  async getOrCreate(userId, initial) {
    for (;;) {
      const known = await profiles().get(userId);
      if (known !== undefined) return known.value;
      try {
        return (await profiles().save(userId, initial, 0)).value;
      } catch (error) {
        // Somebody else has made it meanwhile.
        if (!isMarkitectError(error) || error.code !== 'RECORD_CHANGED') throw error;
      }
    }
  },
  async close() {
    const closing = opened;
    opened = undefined;
    await closing?.close?.();
    // Ends the thread only.
    setTimeout(() => process.exit(0), END_MS);
    return true;
  },
};

function profiles(): RecordRepository {
  if (opened !== undefined) return opened.profiles;
  throw new Unavailable('CONNECTION_CLOSED', 'the profiles are closed');
}

async function answer<Name extends keyof ProfileCalls>({
  name,
  args,
  limitMs,
}: ProfileCall<Name>): Promise<ProfileAnswer> {
  const call: (...args: Parameters<ProfileCalls[Name]>) => Promise<unknown> = calls[name];
  const over = new AbortController();
  try {
    const late = pause(limitMs, undefined, { signal: over.signal }).then(() => {
      throw new Timeout('DEADLINE_EXCEEDED', `${name}: did not end within ${limitMs} ms`, {
        details: { deadlineMs: limitMs, outcome: 'unknown' },
      });
    });
    late.catch(() => undefined);
    return { result: await Promise.race([call(...args), late]) };
  } catch (error) {
    return { error: plain(error) };
  } finally {
    over.abort();
  }
}

function plain(error: unknown): PlainError {
  if (!isMarkitectError(error)) {
    return { code: 'UNEXPECTED', message: String(error), details: {}, retryable: false };
  }
  const { code, message, details, operation, retryable } = error;
  return { code, message, details, retryable, ...(operation === undefined ? {} : { operation }) };
}

runAsWorker(answer);
