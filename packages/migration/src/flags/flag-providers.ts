import { readFile } from 'node:fs/promises';
import type { Provider } from '@openfeature/server-sdk';
import { TextFlagProvider } from './text-flag-provider.js';

/** Flags from the environment: `markitect.cutover.users` is `MARKITECT_CUTOVER_USERS`. An empty one is none. */
export function environmentFlags(env: Readonly<Record<string, string | undefined>>): Provider {
  return new TextFlagProvider('environment', (flag) => {
    const text = env[flag.toUpperCase().replace(/[^A-Z0-9]+/g, '_')]?.trim();
    return text === '' ? undefined : text;
  });
}

/**
 * Flags from a JSON file, `{"markitect.cutover.users": "served:25"}`, read anew each time. A file that is not there has
 * no flags; one that cannot be read is an error of every flag, so that the stored stage stays.
 */
export function fileFlags(file: string): Provider {
  return new TextFlagProvider('file', async (flag) => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT')
        return undefined;
      throw error;
    }
    const flags: unknown = JSON.parse(text);
    if (typeof flags !== 'object' || flags === null) throw new TypeError(`${file} holds no JSON object`);
    const value = Object.entries(flags).find(([name]) => name === flag)?.[1] as unknown;
    return typeof value === 'string' ? value : undefined;
  });
}
