import { type DocumentPath, type Page, type PageRequest, parseDocumentPath } from '@markitect/domain';
import type { DocumentRepository } from '@markitect/ports';
import { type DraftOverrides, documentDraft } from '../document-draft.js';

/** Gives a new, empty repository. */
export type OpenRepository = () => Promise<{
  readonly repository: DocumentRepository;
  close(): Promise<void>;
}>;

/** What a repository promises less than others. */
export interface DocumentContractOptions {
  /**
   * Each document is a file at its path as well, and no two files may differ in case only: a path that differs from a
   * stored one in nothing else is refused with Conflict `FILE_NAME_CONFLICT`. Default: false, both are stored.
   */
  readonly refusesCaseTwins?: boolean;
}

/** Those of these paths that such a repository takes together. */
export function withoutTwins(
  paths: readonly string[],
  { refusesCaseTwins = false }: DocumentContractOptions,
): string[] {
  return paths.filter(
    (at) => !refusesCaseTwins || at === at.toLowerCase() || !paths.includes(at.toLowerCase()),
  );
}

/** Makes test bodies: each gets a repository of its own, which is closed after it. */
export function repositoryTests(open: OpenRepository) {
  return (body: (repository: DocumentRepository) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await body(opened.repository);
    } finally {
      await opened.close();
    }
  };
}

/** Stores drafts made from these overrides; a text is a path. */
export async function store(
  repository: DocumentRepository,
  ...drafts: readonly (DraftOverrides | string)[]
): Promise<void> {
  await repository.saveMany(
    drafts.map((draft) => documentDraft(typeof draft === 'string' ? { path: draft } : draft)),
  );
}

/** The pages of a sequence from the first to the last. */
export async function allPages<T>(fetch: (request: PageRequest) => Promise<Page<T>>): Promise<Page<T>[]> {
  const pages: Page<T>[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetch(cursor === undefined ? {} : { cursor });
    pages.push(page);
    cursor = page.nextCursor;
    if (pages.length > 1000) throw new Error('the pages do not come to an end');
  } while (cursor !== undefined);
  return pages;
}

/** The items of all pages. */
export async function allItems<T>(fetch: (request: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  return (await allPages(fetch)).flatMap((page) => page.items);
}

export const pathsOf = (items: readonly { readonly path: string }[]): string[] =>
  items.map((item) => item.path);

export const path = (text: string): DocumentPath => parseDocumentPath(text);

/** Cursors that no repository has made, some of them from a genuine one. */
export function forgedCursors(genuine: string): string[] {
  const cursors = ['', 'x', '%00', '{}', '!!!', 'bnVsbA', 'W10', genuine.slice(0, -4), `${genuine}AAAA`];
  const parts = JSON.parse(Buffer.from(genuine, 'base64url').toString()) as unknown[];
  const encoded = [
    parts.slice(0, 1),
    parts.map((part, index) => (index === 0 ? part : { forged: true })),
    parts.map((part, index) => (index === 0 ? 'forged' : part)),
    parts.map((part, index) => (index === 0 ? part : null)),
    Object.assign({}, parts),
  ].map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
  return [...cursors, ...encoded];
}
