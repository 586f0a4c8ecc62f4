import type { JsonObject } from '@markitect/domain';
import type { RecordRepository } from '@markitect/ports';

/** What the module of a LegacyProfileManager opens, in the worker. */
export interface OpenedProfiles {
  readonly profiles: RecordRepository;
  close?(): Promise<void>;
}

/** What its `openProfiles` is. */
export type OpenProfiles = (options: JsonObject) => OpenedProfiles | Promise<OpenedProfiles>;

/** How the worker is asked. */
export interface ProfileCalls {
  open(module: string, options: JsonObject): true;
  get(userId: string): JsonObject | null;
  save(userId: string, profile: JsonObject): true;
  update(userId: string, changes: JsonObject): JsonObject;
  delete(userId: string): boolean;
  list(): [userId: string, profile: JsonObject][];
  getOrCreate(userId: string, initial: JsonObject): JsonObject;
  close(): true;
}

/** One call, with the most milliseconds it may take. */
export interface ProfileCall<Name extends keyof ProfileCalls = keyof ProfileCalls> {
  readonly name: Name;
  readonly args: Parameters<ProfileCalls[Name]>;
  readonly limitMs: number;
}

/** An error as it comes out of the worker: only plain objects do. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly details: JsonObject;
  readonly operation?: string;
  readonly retryable: boolean;
}

export type ProfileAnswer = { readonly result: unknown } | { readonly error: PlainError };
