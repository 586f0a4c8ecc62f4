import { Conflict } from '@markitect/domain';
import type {
  AstStore,
  DocumentFingerprint,
  DocumentRepository,
  DocumentSource,
  UnitOfWork,
} from '@markitect/ports';
import type { Tally } from './ingest-tally.js';

/** How many documents are looked at, and removed in one commit, at a time. */
const PRUNE_PAGE = 500;

/** A tree younger than this may belong to a document that another process is about to commit. */
const TREE_GRACE_MS = 60 * 60 * 1000;

interface PrunePorts {
  readonly documents: DocumentRepository;
  readonly source: DocumentSource;
  readonly trees: AstStore;
  readonly unitOfWork: UnitOfWork;
}

/**
 * Removes the documents read from these roots whose files are certainly gone, then the trees no document needs. A root
 * in which nothing of what was read from it is left is taken for a disk that is not there: it is reported as failed,
 * and its documents stay.
 */
export async function pruneDocuments(
  ports: PrunePorts,
  roots: readonly string[],
  tally: Tally,
): Promise<void> {
  for (const root of roots) {
    if (await isDeserted(ports, root)) {
      const error = new Conflict(
        'PRUNE_REFUSED',
        `none of the files that were read from ${root} is there any more`,
        {
          details: { path: root },
        },
      );
      tally.fail({ source: root, error });
      continue;
    }
    for await (const gone of goneDocuments(ports, root)) tally.removed += await removeUnchanged(ports, gone);
  }
  await ports.trees.sweep((hashes) => ports.documents.knownHashes(hashes), TREE_GRACE_MS);
}

async function isDeserted({ documents, source }: PrunePorts, root: string): Promise<boolean> {
  let any = false;
  for await (const page of documentsBelow(documents, root)) {
    const gone = await source.missing(sourcesOf(page));
    if (gone.length < page.length) return false;
    any ||= page.length > 0;
  }
  return any;
}

async function* goneDocuments(
  { documents, source }: PrunePorts,
  root: string,
): AsyncIterable<readonly DocumentFingerprint[]> {
  for await (const page of documentsBelow(documents, root)) {
    const gone = new Set(await source.missing(sourcesOf(page)));
    const found = page.filter((each) => each.source !== undefined && gone.has(each.source));
    if (found.length > 0) yield found;
  }
}

/** Removes documents that still are what they were when their files were found to be gone. */
function removeUnchanged({ unitOfWork }: PrunePorts, gone: readonly DocumentFingerprint[]): Promise<number> {
  return unitOfWork.run(async ({ documents }) => {
    const now = await documents.fingerprints(gone.map((each) => each.path));
    const seen = new Map(gone.map((each) => [each.path, each]));
    const unchanged = now.filter(({ path, hash, source }) => {
      const before = seen.get(path);
      return before?.hash === hash && before.source === source;
    });
    return documents.removeMany(unchanged.map((each) => each.path));
  });
}

async function* documentsBelow(
  documents: DocumentRepository,
  root: string,
): AsyncIterable<readonly DocumentFingerprint[]> {
  let cursor: string | undefined;
  do {
    const page = await documents.listBySource(root, {
      limit: PRUNE_PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

function sourcesOf(documents: readonly DocumentFingerprint[]): string[] {
  return documents.flatMap((each) => each.source ?? []);
}
