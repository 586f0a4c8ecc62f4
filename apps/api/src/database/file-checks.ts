import type { FsFileStore } from '@markitect/adapter-fs';
import type { PendingEffects, SqliteAdministration, StoreCheck } from '@markitect/adapter-sqlite';
import type { ContentHash } from '@markitect/domain';
import type { AstStore } from '@markitect/ports';

/** Hashes asked for at once. */
const MANY = 1000;

/** A tree this young may be of a document that is about to be committed. */
const GRACE_MS = 60_000;

/** What is committed is put in place at once; after so long something keeps it from that. */
const LATE_MS = 60_000;

/** Compares the stored syntax trees with the documents they are of. A tree that is missing is made when it is needed. */
export async function checkTrees(
  administration: Pick<SqliteAdministration, 'documentHashes'>,
  trees: AstStore,
  repair: boolean,
): Promise<{ readonly check: StoreCheck; readonly removed: number | undefined }> {
  const known = new Set<ContentHash>();
  let missing = 0;
  for (let after = ''; ;) {
    const hashes = await administration.documentHashes(after, MANY);
    const stored = await trees.stored(hashes);
    missing += hashes.length - stored.size;
    for (const hash of hashes) known.add(hash);
    const last = hashes.at(-1);
    if (hashes.length < MANY || last === undefined) break;
    after = last;
  }
  let orphaned = 0;
  const removed = await trees.sweep((hashes) => {
    const orphans = hashes.filter((hash) => !known.has(hash));
    orphaned += orphans.length;
    // Only looked at, unless they are to go: what is known stays.
    return Promise.resolve(new Set(repair ? hashes.filter((hash) => known.has(hash)) : hashes));
  }, GRACE_MS);
  const left = repair ? 0 : orphaned;
  const parts = [
    ...(missing === 0 ? [] : [`${missing} missing (made when needed)`]),
    ...(left === 0 ? [] : [`${left} of no document (--repair removes them)`]),
  ];
  return {
    removed: repair ? removed : undefined,
    check: {
      name: 'syntax trees',
      outcome: parts.length === 0 ? 'ok' : 'note',
      checked: known.size,
      found: missing + left,
      summary:
        parts.length === 0 ? 'every document has its tree, and no tree is left over' : parts.join(', '),
    },
  };
}

/** What is committed and not in place. `now`: milliseconds since 1970. */
export function checkPending({ count, since }: PendingEffects, now: number): StoreCheck {
  const isLate = since !== undefined && now - Date.parse(since) > LATE_MS;
  return {
    name: 'pending changes',
    outcome: count === 0 ? 'ok' : isLate ? 'fault' : 'note',
    checked: count,
    found: count,
    summary:
      count === 0
        ? 'all that is committed is in place'
        : `${count} committed and not in place since ${since ?? 'just now'}: markitect recover`,
  };
}

/** Compares the staged files with the commits that need them. */
export async function checkStaged(
  administration: Pick<SqliteAdministration, 'neededStaged'>,
  stores: Readonly<Record<string, Pick<FsFileStore, 'staged'>>>,
): Promise<StoreCheck> {
  let checked = 0;
  let lost = 0;
  let orphaned = 0;
  for (const [root, store] of Object.entries(stores)) {
    // Asked for first: what is put in place between the two questions must not look lost.
    const staged = new Set(await store.staged());
    const needed = await administration.neededStaged(root);
    checked += staged.size;
    orphaned += [...staged].filter((name) => !needed.has(name)).length;
    const gone = [...needed].filter((name) => !staged.has(name));
    if (gone.length === 0) continue;
    const still = await administration.neededStaged(root);
    const there = new Set(await store.staged());
    lost += gone.filter((name) => still.has(name) && !there.has(name)).length;
  }
  const parts = [
    ...(lost === 0 ? [] : [`${lost} of a commit are lost`]),
    ...(orphaned === 0 ? [] : [`${orphaned} of no commit (markitect recover removes them)`]),
  ];
  return {
    name: 'staged files',
    outcome: lost > 0 ? 'fault' : orphaned > 0 ? 'note' : 'ok',
    checked,
    found: lost + orphaned,
    summary: parts.length === 0 ? 'none is lost, none is left over' : parts.join(', '),
  };
}
