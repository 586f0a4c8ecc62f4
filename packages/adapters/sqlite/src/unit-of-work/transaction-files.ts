import { Conflict, isMarkitectError, NotFound, parseFilePath } from '@markitect/domain';
import type { TransactionFiles } from '@markitect/ports';
import { pendingConflict, pendingFile } from './outbox.js';
import type { TransactionScope } from './transaction-scope.js';
import type { TransactionalFileStore } from './unit-of-work-options.js';

/**
 * The files of one root as a transaction sees and changes them. A change is a staged file and a row of the outbox; the
 * file itself changes after the commit.
 */
export class TransactionFileChanges implements TransactionFiles {
  readonly #scope: TransactionScope;
  readonly #root: string;
  readonly #store: TransactionalFileStore;

  constructor(scope: TransactionScope, root: string, store: TransactionalFileStore) {
    this.#scope = scope;
    this.#root = root;
    this.#store = store;
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return this.#scope.operation('files.read', () => this.#read(path));
  }

  write(path: string, content: Uint8Array): Promise<void> {
    // Staged at once: several files may be on their way to the disk while the operations take their turns.
    const staging = this.#stage(path, content);
    // Its turn may never come, and then nobody asks what became of it.
    staging.catch(() => undefined);
    return this.#scope.operation('files.write', async () => this.#replace(path, await staging));
  }

  copy(from: string, to: string): Promise<void> {
    return this.#scope.operation('files.copy', async () => {
      await this.#replace(to, await this.#stage(to, await this.#existing(from)));
    });
  }

  move(from: string, to: string): Promise<void> {
    return this.#scope.operation('files.move', async () => {
      const staged = await this.#stage(to, await this.#existing(from));
      await this.#remove(from);
      await this.#replace(to, staged);
    });
  }

  remove(path: string): Promise<boolean> {
    return this.#scope.operation('files.remove', async () => {
      const isThere = (await this.#read(path)) !== undefined;
      if (isThere) await this.#remove(path);
      return isThere;
    });
  }

  async #read(input: string): Promise<Uint8Array | undefined> {
    const { unit } = this.#scope;
    const path = parseFilePath(input);
    // Asking the store first makes it refuse paths that are none.
    const isOnDisk = await unit.track(this.#store.exists(path));
    const pending = await pendingFile(this.#scope, this.#root, path);
    if (pending === 'removed') return undefined;
    if (pending !== undefined) {
      const staged = await unit.track(this.#store.readStaged(pending.staged).catch(undefinedIfMissing));
      // Else it has been put in place, and only not been marked yet.
      if (staged !== undefined) return staged;
    } else if (!isOnDisk) return undefined;
    return (await unit.track(this.#store.read(path).catch(undefinedIfMissing)))?.bytes;
  }

  async #existing(path: string): Promise<Uint8Array> {
    const content = await this.#read(path);
    if (content !== undefined) return content;
    throw new NotFound('FILE_NOT_FOUND', `there is no file at ${path}`, { details: { path } });
  }

  async #stage(path: string, content: Uint8Array): Promise<string> {
    const scope = this.#scope;
    scope.requireOpen();
    const name = scope.unit.stagedName();
    scope.ownStaged(() => this.#store.discard(name));
    const { fault } = scope.context;
    const stage = async (): Promise<void> => {
      await this.#store.check(path);
      if (fault !== undefined) await fault('before-stage');
      await this.#store.stage(name, content);
      if (fault !== undefined) await fault('staged-fsynced');
    };
    await scope.unit.track(stage());
    return name;
  }

  async #replace(path: string, staged: string): Promise<void> {
    const target = parseFilePath(path);
    const conflict = await pendingConflict(this.#scope, this.#root, target);
    if (conflict !== undefined) {
      throw new Conflict(
        'FILE_NAME_CONFLICT',
        `${target} cannot be beside ${conflict}, which is written already`,
        { details: { path: target, conflict } },
      );
    }
    await this.#scope.leave({ kind: 'file-replace', root: this.#root, target }, staged);
  }

  async #remove(path: string): Promise<void> {
    const target = parseFilePath(path);
    await this.#scope.unit.track(this.#store.check(target));
    await this.#scope.leave({ kind: 'file-remove', root: this.#root, target }, null);
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (isMarkitectError(error) && error.code === 'FILE_NOT_FOUND') return undefined;
  throw error;
}
