import { createHash } from 'node:crypto';
import { Conflict, filePathKey, Invalid, NotFound, parseFilePath } from '@markitect/domain';
import type {
  FileContent,
  FileStore,
  StagedReplacement,
  StagingFileStore,
  StoredFile,
} from '@markitect/ports';

interface KeptFile {
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
}

/** A file store for tests: no disk, no folders of their own, no links. */
export class InMemoryFileStore implements FileStore, StagingFileStore {
  readonly #files = new Map<string, KeptFile>();
  readonly #staged = new Map<string, Uint8Array>();

  // The methods are async so that what they throw is a rejection, as it is for a store on a disk.
  async read(path: string, maxBytes = Number.POSITIVE_INFINITY): Promise<FileContent> {
    const file = parseFilePath(path);
    const bytes = this.#require(file).bytes;
    if (bytes.length > maxBytes) {
      throw new Invalid('FILE_TOO_LARGE', `${file} has ${bytes.length} bytes, more than ${maxBytes}`, {
        details: { path: file, bytes: bytes.length, maxBytes },
      });
    }
    return Promise.resolve({ bytes: new Uint8Array(bytes), checksum: checksumOf(bytes) });
  }

  async *list(folder?: string): AsyncGenerator<StoredFile, void, undefined> {
    const prefix = folder === undefined ? '' : `${parseFilePath(folder)}/`;
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(prefix)).sort(byCodePoint);
    for (const path of paths) {
      const file = await Promise.resolve(this.#files.get(path));
      if (file === undefined) continue;
      yield { path, bytes: file.bytes.length, modifiedAt: file.modifiedAt.toISOString() };
    }
  }

  async exists(path: string): Promise<boolean> {
    return Promise.resolve(this.#files.has(parseFilePath(path)));
  }

  async write(path: string, content: Uint8Array): Promise<string> {
    const file = parseFilePath(path);
    this.#requireFree(file);
    this.#keep(file, content);
    return Promise.resolve(checksumOf(content));
  }

  async copy(from: string, to: string): Promise<void> {
    const [source, target] = [parseFilePath(from), parseFilePath(to)];
    const { bytes } = this.#require(source);
    if (source === target) return;
    this.#requireFree(target);
    this.#keep(target, bytes);
    await Promise.resolve();
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [parseFilePath(from), parseFilePath(to)];
    const file = this.#require(source);
    if (source === target) return;
    this.#requireFree(target);
    this.#files.set(target, file);
    this.#files.delete(source);
    await Promise.resolve();
  }

  async remove(path: string): Promise<boolean> {
    const file = parseFilePath(path);
    if (!this.#files.has(file)) this.#requireNoTwin(file);
    return Promise.resolve(this.#files.delete(file));
  }

  /** Here a folder is there only as long as it holds a file. */
  async tidy(folder: string): Promise<readonly string[]> {
    parseFilePath(folder);
    return Promise.resolve([]);
  }

  async stage(name: string, content: Uint8Array): Promise<string> {
    requireStagedName(name);
    if (this.#staged.has(name)) {
      throw new Conflict('FILE_NAME_CONFLICT', `a file "${name}" is staged already`, {
        details: { path: name },
      });
    }
    this.#staged.set(name, new Uint8Array(content));
    return Promise.resolve(checksumOf(content));
  }

  async readStaged(name: string): Promise<Uint8Array> {
    requireStagedName(name);
    const content = this.#staged.get(name);
    if (content === undefined) throw notFound(name);
    return Promise.resolve(new Uint8Array(content));
  }

  async check(target: string): Promise<void> {
    this.#requireFree(parseFilePath(target));
    await Promise.resolve();
  }

  async apply({ staged, target }: StagedReplacement): Promise<boolean> {
    const file = parseFilePath(target);
    requireStagedName(staged);
    const content = this.#staged.get(staged);
    if (content === undefined) return false;
    this.#requireFree(file);
    this.#keep(file, content);
    return Promise.resolve(this.#staged.delete(staged));
  }

  async applyRemove(target: string): Promise<boolean> {
    return Promise.resolve(this.#files.delete(parseFilePath(target)));
  }

  async staged(): Promise<readonly string[]> {
    return Promise.resolve([...this.#staged.keys()].sort(byCodePoint));
  }

  async discard(name: string): Promise<boolean> {
    requireStagedName(name);
    return Promise.resolve(this.#staged.delete(name));
  }

  #keep(path: string, content: Uint8Array): void {
    this.#files.set(path, { bytes: new Uint8Array(content), modifiedAt: new Date() });
  }

  #require(path: string): KeptFile {
    const file = this.#files.get(path);
    if (file !== undefined) return file;
    this.#requireNoTwin(path);
    throw notFound(path);
  }

  /** A file may be here, and nothing else: no folder, no file where a folder is needed, no twin. */
  #requireFree(path: string): void {
    if (this.#files.has(path)) return;
    const inTheWay = [...this.#files.keys()].find(
      (other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
    );
    if (inTheWay !== undefined) throw conflict(path, inTheWay);
    this.#requireNoTwin(path);
  }

  /** Compares the first part in which two paths differ: what comes after it lies in different folders. */
  #requireNoTwin(path: string): void {
    const parts = path.split('/');
    for (const other of this.#files.keys()) {
      const others = other.split('/');
      const first = parts.findIndex((part, index) => part !== others[index]);
      const [part, twin] = [parts[first], others[first]];
      if (part === undefined || twin === undefined) continue;
      if (filePathKey(part) === filePathKey(twin)) throw conflict(path, other);
    }
  }
}

function conflict(path: string, existing: string): Conflict {
  return new Conflict('FILE_NAME_CONFLICT', `${path} cannot be where "${existing}" is`, {
    details: { path, existing },
  });
}

function notFound(path: string): NotFound {
  return new NotFound('FILE_NOT_FOUND', `there is no file ${path}`, { details: { path } });
}

function requireStagedName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return;
  throw new Invalid('FILE_PATH_INVALID', 'this cannot be the name of a staged file', {
    details: { field: 'staged' },
  });
}

function checksumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** UTF-8 sorts as code points do; JavaScript's own order differs beyond U+D7FF. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
