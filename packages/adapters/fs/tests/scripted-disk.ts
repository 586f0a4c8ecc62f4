import type { FileHandle } from 'node:fs/promises';
import { readlink } from 'node:fs/promises';
import { type FileSystemCalls, nodeFileSystem } from '../src/files/file-system-calls.js';

/** One system call: its name and what it was about, a path as it really is. */
export interface Call {
  readonly name: keyof FileSystemCalls;
  readonly path: string;
}

/** The real disk, of which every call is noted, and any can be made to fail. */
export class ScriptedDisk implements FileSystemCalls {
  readonly made: Call[] = [];
  /** Answers the error code a call is to fail with, instead of being made. */
  fail: (call: Call) => string | undefined = () => undefined;

  open = (path: string, flags: number, mode?: number) =>
    this.#made('open', path, () => nodeFileSystem.open(path, flags, mode));
  read = (handle: FileHandle, buffer: Uint8Array) =>
    this.#made('read', handle, () => nodeFileSystem.read(handle, buffer));
  write = (handle: FileHandle, content: Uint8Array) =>
    this.#made('write', handle, () => nodeFileSystem.write(handle, content));
  sync = (handle: FileHandle) => this.#made('sync', handle, () => nodeFileSystem.sync(handle));
  lstat = (path: string) => this.#made('lstat', path, () => nodeFileSystem.lstat(path));
  readdir = (path: string) => this.#made('readdir', path, () => nodeFileSystem.readdir(path));
  realpath = (path: string) => this.#made('realpath', path, () => nodeFileSystem.realpath(path));
  mkdir = (path: string, options?: { readonly recursive: boolean }) =>
    this.#made('mkdir', path, () => nodeFileSystem.mkdir(path, options));
  rename = (from: string, to: string) => this.#made('rename', to, () => nodeFileSystem.rename(from, to));
  rmdir = (path: string) => this.#made('rmdir', path, () => nodeFileSystem.rmdir(path));
  unlink = (path: string) => this.#made('unlink', path, () => nodeFileSystem.unlink(path));

  async #made<T>(name: Call['name'], where: string | FileHandle, make: () => Promise<T>): Promise<T> {
    const call = { name, path: await realPathOf(where) };
    this.made.push(call);
    const code = this.fail(call);
    if (code !== undefined) {
      throw Object.assign(new Error(`${code}: injected, ${name} '${call.path}'`), { code, syscall: name });
    }
    return make();
  }
}

async function realPathOf(where: string | FileHandle): Promise<string> {
  const path = typeof where === 'string' ? where : `/proc/self/fd/${where.fd}`;
  const [, folder, rest] = /^(\/proc\/self\/fd\/\d+)(.*)$/.exec(path) ?? [undefined, undefined, ''];
  return folder === undefined ? path : (await readlink(folder)) + rest.replace(/\/\.$/, '');
}
