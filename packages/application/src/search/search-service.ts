import { type Page, parseSearchQuery, type SearchHit, type Timestamp } from '@markitect/domain';
import type { DocumentRepository, IssueHit, IssueIndex } from '@markitect/ports';

/** Where a search can look. */
export const searchPlaces = ['documents', 'issues'] as const;
export type SearchPlace = (typeof searchPlaces)[number];

/** A search of documents and issues. */
export interface KnowledgeSearch {
  /** The words, as `parseSearchQuery` reads them. */
  readonly query: string;
  /** Default: everywhere. */
  readonly in?: readonly SearchPlace[];
  /** The most hits of each place. */
  readonly limit?: number;
  /** Where the pages of the places go on, each by itself. */
  readonly cursors?: Readonly<Partial<Record<SearchPlace, string>>>;
  /** Only issues in this state. */
  readonly state?: 'open' | 'closed';
}

/** What was found, by place: scores of different places cannot be compared. */
export interface KnowledgeHits {
  /** Absent: not looked for there. */
  readonly documents?: Page<SearchHit>;
  /** Absent: not looked for there. */
  readonly issues?: Page<IssueHit>;
  /**
   * When the issues searched were last as the tracker has them; absent when they are the tracker's own, or its mirror was
   * never synchronised, when there are none.
   */
  readonly issuesAsOf?: Timestamp;
}

/** What searching needs from outside. */
export interface SearchPorts {
  readonly documents: Pick<DocumentRepository, 'search'>;
  /** The texts of the issues of the tracker in use: its own, or those of its mirror. */
  readonly issues: IssueIndex;
  /** Of the mirror, where the tracker has one. */
  readonly mirror?: { progress(): Promise<{ readonly syncedAt?: Timestamp }> };
}

/** One search over documents and issues, answered from what is stored here: it works while the tracker is down. */
export class SearchService {
  readonly #ports: SearchPorts;

  constructor(ports: SearchPorts) {
    this.#ports = ports;
  }

  /** Throws Invalid `SEARCH_QUERY_INVALID` when no words are left, `CURSOR_INVALID`, and the errors of a database. */
  async search({ query, limit, cursors = {}, state, ...rest }: KnowledgeSearch): Promise<KnowledgeHits> {
    const terms = parseSearchQuery(query);
    const places = rest.in ?? searchPlaces;
    const pageOf = (place: SearchPlace) => ({
      ...(limit === undefined ? {} : { limit }),
      ...(cursors[place] === undefined ? {} : { cursor: cursors[place] }),
    });
    const isWanted = (place: SearchPlace) => places.includes(place);
    const [documents, issues, progress] = await Promise.all([
      isWanted('documents') ? this.#ports.documents.search({ terms, ...pageOf('documents') }) : undefined,
      isWanted('issues')
        ? this.#ports.issues.search({ terms, ...pageOf('issues'), ...(state === undefined ? {} : { state }) })
        : undefined,
      isWanted('issues') ? this.#ports.mirror?.progress() : undefined,
    ]);
    return {
      ...(documents === undefined ? {} : { documents }),
      ...(issues === undefined ? {} : { issues }),
      ...(progress?.syncedAt === undefined ? {} : { issuesAsOf: progress.syncedAt }),
    };
  }
}
