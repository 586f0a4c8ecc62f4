import type { TableSchema } from '../documents/document.schema.js';

/** A row of `searches`. Times in milliseconds since 1970. */
export interface SearchRow {
  id: number;
  question: string;
  /** JSON: the sources. */
  sources: string;
  status: string;
  max_results: number;
  rerun_of: number | null;
  /** The path of the document it was saved as. */
  document: string | null;
  created_at: number;
  updated_at: number;
  finished_at: number | null;
}

/** A row of `scraping_jobs`: one source of one search. Times in milliseconds since 1970. */
export interface ScrapingJobRow {
  id: number;
  search_id: number;
  /** Its place among the sources of the search, from 0. */
  position: number;
  /** As written by `formatResearchSource`. */
  source: string;
  status: string;
  task_id: number | null;
  /** How many results of it are stored. */
  found: number;
  done: number;
  total: number | null;
  problem_count: number;
  created_at: number;
  updated_at: number;
  started_at: number | null;
  finished_at: number | null;
  /** JSON. */
  failure: string | null;
  /** JSON. */
  checkpoint: string | null;
  /** JSON: the first problems. */
  problems: string;
}

/** A row of `search_results`. Times in milliseconds since 1970. */
export interface SearchResultRow {
  id: number;
  search_id: number;
  job_id: number;
  /** What they are listed by: the rank, {@link PLACE_UNRANKED} or {@link PLACE_DUPLICATE}. */
  place: number;
  duplicate_of: number | null;
  score: number;
  found_at: number;
  updated_at: number;
  reference: string;
  fingerprint: string;
  title: string;
  location: string;
  snippet: string;
  /** JSON. */
  analysis: string | null;
}

/** The place of results that are not ranked yet: after all that are. */
export const PLACE_UNRANKED = 2 ** 52;
/** The place of duplicates: after all others. */
export const PLACE_DUPLICATE = 2 ** 52 + 1;

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;
const number = { ...integer, nullable: true } as const;
/** Never used again. */
const id = { ...integer, primary: true, generated: 'increment' } as const;

/** The table of searches. */
export const searchTable: TableSchema<SearchRow> = {
  name: 'SearchRow',
  tableName: 'searches',
  columns: {
    id,
    question: text,
    sources: text,
    status: text,
    max_results: integer,
    rerun_of: number,
    document: { ...text, nullable: true },
    created_at: integer,
    updated_at: integer,
    finished_at: number,
  },
  indices: [
    { name: 'searches_by_status', columns: ['status'] },
    { name: 'searches_by_rerun_of', columns: ['rerun_of'] },
  ],
  foreignKeys: [
    {
      name: 'searches_rerun_of',
      target: 'SearchRow',
      columnNames: ['rerun_of'],
      referencedColumnNames: ['id'],
      onDelete: 'SET NULL',
    },
  ],
};

/** The table of the sources of searches. */
export const scrapingJobTable: TableSchema<ScrapingJobRow> = {
  name: 'ScrapingJobRow',
  tableName: 'scraping_jobs',
  columns: {
    id,
    search_id: integer,
    position: integer,
    source: text,
    status: text,
    task_id: number,
    found: integer,
    done: integer,
    total: number,
    problem_count: integer,
    created_at: integer,
    updated_at: integer,
    started_at: number,
    finished_at: number,
    failure: { ...text, nullable: true },
    checkpoint: { ...text, nullable: true },
    problems: text,
  },
  indices: [
    { name: 'scraping_jobs_by_position', columns: ['search_id', 'position'], unique: true },
    { name: 'scraping_jobs_by_source', columns: ['search_id', 'source'], unique: true },
  ],
  foreignKeys: [
    {
      name: 'scraping_jobs_of_search',
      target: 'SearchRow',
      columnNames: ['search_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
};

/** The table of results. The indexes have the id behind their columns; the large columns come last. */
export const searchResultTable: TableSchema<SearchResultRow> = {
  name: 'SearchResultRow',
  tableName: 'search_results',
  columns: {
    id,
    search_id: integer,
    job_id: integer,
    place: integer,
    duplicate_of: number,
    score: { type: 'real' },
    found_at: integer,
    updated_at: integer,
    reference: text,
    fingerprint: text,
    title: text,
    location: text,
    snippet: text,
    analysis: { ...text, nullable: true },
  },
  indices: [
    { name: 'search_results_by_search', columns: ['search_id', 'place'] },
    { name: 'search_results_by_job', columns: ['job_id', 'place'] },
    { name: 'search_results_by_reference', columns: ['job_id', 'reference'], unique: true },
  ],
  foreignKeys: [
    {
      name: 'search_results_of_search',
      target: 'SearchRow',
      columnNames: ['search_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
    {
      name: 'search_results_of_job',
      target: 'ScrapingJobRow',
      columnNames: ['job_id'],
      referencedColumnNames: ['id'],
      onDelete: 'CASCADE',
    },
  ],
};
