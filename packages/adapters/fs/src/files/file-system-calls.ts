import type { Dirent, Stats } from 'node:fs';
import { constants } from 'node:fs';
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  unlink,
} from 'node:fs/promises';

/** The system calls a file store makes, so that tests can watch them and let them fail. Errors are Node's own. */
export interface FileSystemCalls {
  open(path: string, flags: number, mode?: number): Promise<FileHandle>;
  /** Reads from the present position; 0 at the end. */
  read(handle: FileHandle, buffer: Uint8Array): Promise<number>;
  /** Writes all of it at the present position. */
  write(handle: FileHandle, content: Uint8Array): Promise<void>;
  sync(handle: FileHandle): Promise<void>;
  lstat(path: string): Promise<Stats>;
  readdir(path: string): Promise<Dirent[]>;
  realpath(path: string): Promise<string>;
  /** Makes a folder; with `recursive` those above it too, answering the first that was made, if any. */
  mkdir(path: string, options?: { readonly recursive: boolean }): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** The calls as Node makes them. */
export const nodeFileSystem: FileSystemCalls = {
  open,
  read: async (handle, buffer) => (await handle.read(buffer)).bytesRead,
  write: (handle, content) => handle.writeFile(content),
  sync: (handle) => handle.sync(),
  lstat,
  readdir: (path) => readdir(path, { withFileTypes: true }),
  realpath,
  mkdir,
  rename,
  rmdir,
  unlink,
};

// Windows has neither flag: there they are `undefined`, whatever the types say.
const NOFOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const DIRECTORY = (constants.O_DIRECTORY as number | undefined) ?? 0;
const NONBLOCK = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Reading a file: never through a link, never waiting for somebody to write to a pipe. */
export const readFileFlags = constants.O_RDONLY | NOFOLLOW | NONBLOCK;
/** Making a file that is not there yet, not even as a link. */
export const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NOFOLLOW;
/** Opening the folder that was named, through links. */
export const rootFlags = constants.O_RDONLY | DIRECTORY;
/** Opening a folder below it, never through a link. */
export const folderFlags = rootFlags | NOFOLLOW;
