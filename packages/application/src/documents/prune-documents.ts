import type { AstStore, DocumentRepository, DocumentSource } from '@markitect/ports';

/** How many documents are looked at, and removed in one commit, at a time. */
const PRUNE_PAGE = 500;

/** A tree younger than this may belong to a document that another process is about to commit. */
const TREE_GRACE_MS = 60 * 60 * 1000;

/**
 * Removes the documents read from these roots whose files are certainly gone, then the trees no document needs.
 * Answers how many documents were removed.
 */
export async function pruneDocuments(
  { documents, source, trees }: { documents: DocumentRepository; source: DocumentSource; trees: AstStore },
  roots: readonly string[],
): Promise<number> {
  let removed = 0;
  for (const root of roots) {
    let cursor: string | undefined;
    do {
      const page = await documents.listBySource(root, {
        limit: PRUNE_PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const gone = new Set(await source.missing(page.items.flatMap((item) => item.source ?? [])));
      const paths = page.items
        .filter((item) => item.source !== undefined && gone.has(item.source))
        .map((item) => item.path);
      if (paths.length > 0) removed += await documents.removeMany(paths);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  await trees.sweep((hashes) => documents.knownHashes(hashes), TREE_GRACE_MS);
  return removed;
}
