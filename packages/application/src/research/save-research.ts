import { Conflict, isMarkitectError, type Search } from '@markitect/domain';
import type { SaveResult } from '@markitect/ports';
import { researchDocument } from './research-document.js';
import type { ResearchPorts } from './research-ports.js';
import type { ResearchStatus } from './research-status.js';

/** Where a research is saved to. */
export interface SaveResearchRequest {
  /** Default: where it was saved before, else `research/<words of the question>.md`. */
  readonly path?: string;
  /** Also in place of another text. Default: no. */
  readonly replace?: boolean;
}

/** The document that a research was saved as. */
export interface SavedResearch {
  readonly path: string;
  readonly outcome: SaveResult['outcome'];
}

const MAX_SLUG_LENGTH = 60;

/** See `ResearchService.save`. */
export async function saveResearch(
  { documents, results, searches }: Pick<ResearchPorts, 'documents' | 'results' | 'searches'>,
  status: ResearchStatus,
  { path, replace = false }: SaveResearchRequest,
): Promise<SavedResearch> {
  const { search } = status;
  const place = path ?? search.document ?? `research/${slugOf(search)}.md`;
  let content = '';
  for await (const part of researchDocument(status, results.stream({ searchId: search.id }), place))
    content += part;
  const outcome = await put(documents, place, content, replace);
  await searches.updateDocument(search.id, place);
  return { path: place, outcome };
}

async function put(
  documents: ResearchPorts['documents'],
  path: string,
  content: string,
  replace: boolean,
): Promise<SaveResult['outcome']> {
  if (replace) return (await documents.put(path, content)).outcome;
  try {
    return (await documents.put(path, content, 'absent')).outcome;
  } catch (error) {
    if (!isMarkitectError(error) || error.code !== 'DOCUMENT_CHANGED') throw error;
    // Saved before, and nobody has edited it since.
    if ((await documents.get(path)).content === content) return 'unchanged';
    throw new Conflict(
      'DOCUMENT_CHANGED',
      `there is another document at ${path}: name another path, or say that it is to be replaced`,
      { details: { path }, cause: error },
    );
  }
}

/** The words of the question, as a part of a path. */
export function slugOf({ id, question }: Pick<Search, 'id' | 'question'>): string {
  // Without the accents of Latin letters; other scripts need their marks.
  const words = question
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
  const parts = words.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  let slug = '';
  for (const part of parts) {
    const longer = slug === '' ? part : `${slug}-${part}`;
    if (longer.length > MAX_SLUG_LENGTH) break;
    slug = longer;
  }
  return slug === '' ? `research-${id}` : slug;
}
