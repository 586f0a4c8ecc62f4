import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Invalid } from '@markitect/domain';
import type { SecretPath } from './config.js';
import { errnoOf } from './config-file.js';
import { environmentName } from './describe-settings.js';
import type { ConfigSources, FoundValue } from './find-values.js';
import { settings } from './settings.js';

/**
 * A secret, from its variable or from the file that the variable with `_FILE` at its end names. Set and empty is wrong:
 * to take it for not set would quietly do without it. Throws Invalid `CONFIG_INVALID`, in which nothing of it appears.
 */
export async function findSecret(path: SecretPath, { env, cwd }: ConfigSources): Promise<FoundValue> {
  const variable = environmentName(path);
  const fileVariable = `${variable}_FILE`;
  const direct = env[variable];
  const named = env[fileVariable];
  if (direct !== undefined && named !== undefined) {
    throw bad(path, `${variable} and ${fileVariable} are both set; set one of them`);
  }
  if (direct !== undefined) return checked(path, direct, `environment ${variable}`);
  if (named === undefined) return { value: undefined, from: 'default' };
  if (named === '') throw bad(path, `${fileVariable} is set and empty; unset it or name a file`);
  const file = resolve(cwd, named);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw bad(path, `the file ${file} that ${fileVariable} names cannot be read (${errnoOf(cause)})`);
  }
  return checked(path, text.trim(), `file ${file}`);
}

function checked(path: SecretPath, value: string, from: string): FoundValue {
  const { schema, allowed } = settings[path];
  if (value === '') throw bad(path, `${path} is empty (${from})`);
  if (!schema.safeParse(value).success) {
    throw bad(path, `${path} is wrong (${from}); allowed: ${allowed}`);
  }
  return { value, from };
}

/** Without a cause and without the value: nothing of the secret may reach a log. */
function bad(path: SecretPath, message: string): Invalid {
  return new Invalid('CONFIG_INVALID', message, { details: { setting: path } });
}
