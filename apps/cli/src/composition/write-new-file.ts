import { writeFile } from 'node:fs/promises';
import { Conflict, Unavailable } from '@markitect/domain';

/** Writes a text to a file that is not there yet. Throws Conflict `FILE_NAME_CONFLICT`, Unavailable `FILE_SYSTEM_FAILED`. */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const { code } = Object(cause) as { readonly code?: string };
    if (code === 'EEXIST') {
      throw new Conflict('FILE_NAME_CONFLICT', `${file} exists already`, { details: { file }, cause });
    }
    throw new Unavailable('FILE_SYSTEM_FAILED', `${file} cannot be written: ${code ?? 'unknown error'}`, {
      details: { file },
      cause,
    });
  }
}
