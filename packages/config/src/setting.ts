import { userInfo } from 'node:os';
import { z } from 'zod';

/** What is known of one setting. */
export interface Setting {
  /** Checks a value that has its type already. */
  readonly schema: z.ZodType;
  /** What `schema` accepts, in words, for messages and documentation. */
  readonly allowed: string;
  readonly unit?: string;
  readonly meaning: string;
  /** The value when nothing sets it; absent: none. */
  readonly default?: unknown;
  /** How documentation writes a default that depends on the machine. */
  readonly defaultInWords?: string;
  /** The folder of the data directory that is the default. */
  readonly defaultFolder?: string;
  /** Relative values are resolved from the place they were read: the file's folder, else the working folder. */
  readonly isPath?: true;
  /** The flag of the command that sets it, where there is one. */
  readonly flag?: string;
  /** What stands between the items of a list in the environment. Default: what separates paths on this machine. */
  readonly separator?: string;
  /** Never shown, and read from the environment only: files get committed, command lines are public. */
  readonly secret?: true;
  /** A URL that may contain a password, which is never shown. */
  readonly mayHoldPassword?: true;
}

export function integer(minimum: number, maximum: number): Pick<Setting, 'schema' | 'allowed'> {
  return {
    schema: z.int().min(minimum).max(maximum),
    allowed: `a whole number from ${minimum} to ${maximum}`,
  };
}

export function oneOf(...values: readonly [string, ...string[]]): Pick<Setting, 'schema' | 'allowed'> {
  return { schema: z.enum(values), allowed: values.join(', ') };
}

export function folderOfDataDirectory(
  name: string,
): Pick<Setting, 'schema' | 'allowed' | 'defaultFolder' | 'defaultInWords' | 'isPath'> {
  return {
    schema: z.string().min(1),
    allowed: 'a path',
    defaultFolder: name,
    defaultInWords: `the folder ${name} of the data directory`,
    isPath: true,
  };
}

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const HOUR_MS = 3_600_000;
/** What a timer of Node can hold. */
export const MAX_TIMEOUT_MS = 24 * HOUR_MS;

export function url(text: string): URL | undefined {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  return parsed !== undefined && ['http:', 'https:'].includes(parsed.protocol) ? parsed : undefined;
}

/** An address without what may be secret or means nothing to it. */
export function isPlainUrl(text: string): boolean {
  const parsed = url(text);
  return parsed !== undefined && `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === '';
}

/** The address of a Redis, which may contain a user and password. */
export function isRedisUrl(text: string): boolean {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !['redis:', 'rediss:'].includes(parsed.protocol)) return false;
  const { hostname, pathname, search, hash, username, password } = parsed;
  return (
    hostname !== '' &&
    /^\/?\d*$/.test(pathname) &&
    `${search}${hash}` === '' &&
    isEncoded(username + password)
  );
}

function isEncoded(text: string): boolean {
  try {
    return typeof decodeURIComponent(text) === 'string';
  } catch {
    return false;
  }
}

export const path: Pick<Setting, 'schema' | 'allowed' | 'isPath'> = {
  schema: z.string().min(1),
  allowed: 'a path',
  isPath: true,
};

/** What a path of an address can hold without being encoded. */
export const name: Pick<Setting, 'schema' | 'allowed'> = {
  schema: z
    .string()
    .regex(/^[\w.-]+$/)
    .refine((text) => !/^\.+$/.test(text)),
  allowed: 'letters, digits, ".", "-" and "_"',
};

export function texts(what: string): Pick<Setting, 'schema' | 'allowed' | 'separator'> {
  return {
    schema: z.array(z.string().trim().min(1)),
    allowed: `a list of ${what} (in the environment with ";" between them)`,
    separator: ';',
  };
}

/** The account this process runs as; a container may have none. */
export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'markitect';
  }
}

export const token: Pick<Setting, 'schema' | 'allowed'> = {
  schema: z.string().regex(/^[\x21-\x7e]+$/),
  allowed: 'printable ASCII characters without spaces',
};

export const trueOrFalse: Pick<Setting, 'schema' | 'allowed'> = {
  schema: z.boolean(),
  allowed: 'true, false',
};
