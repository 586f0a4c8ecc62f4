import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** Before the bytes that are counted: the position at which the count begins. */
const HEADER_BYTES = 8;

/** A file that counts further than this is replaced by one that begins anew. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A file of at least this size has been replaced: what counts is the file that has its name now. */
const RETIRED_BYTES = 2 ** 30;

interface OpenFile {
  readonly fd: number;
  readonly base: number;
  readonly device: number;
  readonly inode: number;
  size: number;
}

let turn = 0;
let isTurnOpen = false;

/**
 * Names the present turn of the event loop. What another process has acknowledged reaches this code through a callback
 * of the event loop, and `process.nextTick` runs before the next of these: within one turn there is no news. (Except
 * for code that waits for other processes synchronously or shares memory with other threads.)
 */
function presentTurn(): number {
  if (!isTurnOpen) {
    isTurnOpen = true;
    process.nextTick(() => {
      isTurnOpen = false;
      turn += 1;
    });
  }
  return turn;
}

/**
 * A number that all processes which share a database read without asking it, and that never goes back: the newest
 * position of the invalidation log that has been announced.
 *
 * **The number is the size of the file.** Writing one byte at an offset makes a file at least that large and never
 * smaller, so the file system keeps the greatest of all numbers, whoever writes last and however processes overlap
 * between their commit and this; and a size is read whole, never half of the old one and half of the new. To look
 * whether it has grown is to read one byte beyond its known end: about 1.5 µs, once in a turn of the event loop.
 *
 * A byte for each position adds up, so a file is replaced now and then, always by a process that holds SQLite's write
 * lock and with the newest committed position in the new one. Why no announcement is lost: a writer announces after its
 * commit, in the file it has open, and looks *after that* whether this file still has the name. If it has, then either
 * no replacement has begun, or one is under way; that one took the write lock after the commit, so it counts it. If it
 * has not, the writer announces once more, in the new file. Readers learn of a replacement from the old file, which is
 * made larger than any other ("retired") before the new one gets the name; between the two they know no number.
 */
export class GenerationFile {
  readonly path: string;
  readonly #probe = new Uint8Array(1);
  #file: OpenFile | undefined;
  /** What the last look gave. */
  #answer: number | undefined;
  /** The greatest number seen. */
  #known: number | undefined;
  /** Whether the file that has the name was the old one of a replacement when it was last opened. */
  #isBeingReplaced = false;
  #readIn = -1;
  #isClosed = false;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The number. `undefined` where there is no such file or it can't be read; `Infinity` while it is being replaced. Never
   * throws, never goes back.
   */
  read(): number | undefined {
    const now = presentTurn();
    if (this.#readIn === now) return this.#answer;
    this.#readIn = now;
    this.#answer = this.#readFile();
    if (this.#answer !== undefined && Number.isFinite(this.#answer)) this.#known = this.#answer;
    return this.#answer;
  }

  /**
   * Makes the number at least this one, for every process. `false`: it can't, {@link renew} may. Only for positions that
   * are committed.
   */
  raise(position: number): boolean {
    // A replacement between two looks is rare, two in a row rarer.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const file = this.#file ?? this.#open();
      if (file === undefined) return false;
      const size = HEADER_BYTES + position - file.base;
      if (size > MAX_BYTES) return false;
      try {
        if (size > file.size) writeSync(file.fd, this.#probe.fill(0), 0, 1, size - 1);
        file.size = fstatSync(file.fd).size;
      } catch {
        return false;
      }
      if (file.size < RETIRED_BYTES && this.#hasName(file)) {
        this.#learn(numberOf(file));
        return true;
      }
      this.#forget();
    }
    return false;
  }

  /**
   * Replaces the file, or makes it where there is none. Only with SQLite's write lock, and with the newest committed
   * position. `false`: it can't be written here.
   */
  renew(position: number): boolean {
    try {
      this.#retire();
      const header = new DataView(new ArrayBuffer(HEADER_BYTES));
      header.setFloat64(0, Math.max(position, this.#known ?? 0));
      const made = `${this.path}.new`;
      writeFileSync(made, new Uint8Array(header.buffer), { mode: 0o600 });
      renameSync(made, this.path);
    } catch {
      return false;
    }
    return this.raise(position);
  }

  /** Looks whether the file that is open still has the name: it may have been deleted or put there by hand. */
  verify(): void {
    if (this.#file !== undefined && !this.#hasName(this.#file)) this.#forget();
  }

  /** Lets it be read again after {@link close}. */
  open(): void {
    this.#isClosed = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  #readFile(): number | undefined {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const file = this.#file ?? this.#open();
      if (file === undefined) return this.#isBeingReplaced ? Number.POSITIVE_INFINITY : undefined;
      try {
        if (readSync(file.fd, this.#probe, 0, 1, file.size) > 0) file.size = fstatSync(file.fd).size;
      } catch {
        this.#forget();
        return undefined;
      }
      if (file.size < RETIRED_BYTES) return Math.max(numberOf(file), this.#known ?? 0);
      this.#forget();
    }
    return Number.POSITIVE_INFINITY;
  }

  #learn(position: number): void {
    turn += 1;
    this.#readIn = -1;
    this.#known = Math.max(position, this.#known ?? 0);
  }

  #open(): OpenFile | undefined {
    this.#isBeingReplaced = false;
    if (this.#isClosed) return undefined;
    let fd: number | undefined;
    try {
      // An error would cost more.
      if (statSync(this.path, { throwIfNoEntry: false }) === undefined) return undefined;
      fd = openForBoth(this.path);
      const header = new DataView(new ArrayBuffer(HEADER_BYTES));
      const length = readSync(fd, header, 0, HEADER_BYTES, 0);
      const base = header.getFloat64(0);
      const { dev: device, ino: inode, size } = fstatSync(fd);
      if (length === HEADER_BYTES && Number.isSafeInteger(base) && base > 0 && size < RETIRED_BYTES) {
        this.#file = { fd, base, device, inode, size };
        return this.#file;
      }
      this.#isBeingReplaced = size >= RETIRED_BYTES;
      closeSync(fd);
    } catch {
      if (fd !== undefined) closeSync(fd);
    }
    return undefined;
  }

  #retire(): void {
    const old = this.#file ?? this.#open();
    if (old !== undefined) retire(old.fd);
    this.#forget();
    // The file of that name may be another one than that which was open here.
    const other = this.#open();
    if (other !== undefined) retire(other.fd);
    this.#forget();
  }

  #hasName({ device, inode }: OpenFile): boolean {
    try {
      const named = statSync(this.path, { throwIfNoEntry: false });
      return named?.ino === inode && named.dev === device;
    } catch {
      return false;
    }
  }

  #forget(): void {
    this.#readIn = -1;
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }
}

function numberOf({ base, size }: OpenFile): number {
  return base + size - HEADER_BYTES;
}

/** Without a block being needed on the disk, which may be full. */
function retire(fd: number): void {
  ftruncateSync(fd, RETIRED_BYTES);
}

/** Who may only read is served too. */
function openForBoth(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch {
    return openSync(path, 'r');
  }
}
