import type { SearchResult } from '@markitect/domain';
import { csvRow } from './csv.js';
import { researchDocument } from './research-document.js';
import type { ResearchStatus } from './research-status.js';
import { researchView, resultView } from './research-view.js';

export const exportFormats = ['md', 'csv', 'json'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The results of a research as text, bit by bit: as fast as it is read. */
export function exportResearch(
  status: ResearchStatus,
  results: AsyncIterable<SearchResult>,
  format: ExportFormat,
): AsyncIterable<string> {
  switch (format) {
    case 'md':
      return researchDocument(status, results);
    case 'csv':
      return csv(results);
    case 'json':
      return json(status, results);
  }
}

/** The columns of the CSV, in their order. */
const columns = [
  'rank',
  'source',
  'title',
  'location',
  'snippet',
  'score',
  'duplicateOf',
  'foundAt',
] as const;

async function* csv(results: AsyncIterable<SearchResult>): AsyncGenerator<string> {
  yield csvRow([...columns]);
  for await (const result of results) yield csvRow(columns.map((column) => result[column]));
}

async function* json(status: ResearchStatus, results: AsyncIterable<SearchResult>): AsyncGenerator<string> {
  yield `${JSON.stringify(researchView(status)).slice(0, -1)},"results":[`;
  let separator = '\n';
  for await (const result of results) {
    yield `${separator}${JSON.stringify(resultView(result))}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}
