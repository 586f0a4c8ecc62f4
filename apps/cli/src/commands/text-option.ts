import { resolve } from 'node:path';
import { isFolder } from '../composition/is-folder.js';
import type { CommandContext } from '../program/command-context.js';
import type { OptionDefinition } from './command.js';
import { badOption, nonEmpty } from './option-values.js';

/** The values of {@link bodyOptions}. */
export interface BodyOptions {
  readonly body?: string;
  readonly bodyFile?: string;
}

export const bodyFileOption: OptionDefinition = {
  flags: '--body-file <file>',
  description: 'the text from a file, in UTF-8; "-": from the standard input',
  parse: nonEmpty('--body-file'),
};

/** The options of commands that take a text. */
export const bodyOptions: readonly OptionDefinition[] = [
  { flags: '--body <text>', description: 'the text, in Markdown', conflicts: ['bodyFile'] },
  bodyFileOption,
];

/**
 * The text that the options name; `undefined`: none. `option` is the one that names the file. Throws UsageError for a folder and bytes that are no text, and what reading a file
 * throws: `FILE_NOT_FOUND`, `FILE_UNREADABLE`.
 */
export async function bodyOf(
  context: CommandContext,
  { body, bodyFile }: BodyOptions,
  option = '--body-file',
): Promise<string | undefined> {
  if (bodyFile === undefined) return body;
  if (bodyFile !== '-' && (await isFolder(resolve(context.cwd, bodyFile))))
    throw badOption(option, `must be a file, and ${bodyFile} is a folder`);
  const { readAnyFile } = await import('../composition/read-any-file.js');
  const bytes = bodyFile === '-' ? await context.readInput() : await readAnyFile(bodyFile, context.cwd);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badOption(option, 'must be text in UTF-8');
  }
}
