import type { ResearchResults, ResearchStatus } from '@markitect/application';
import {
  errorCodes,
  formatResearchSource,
  type ScrapingJob,
  type Search,
  type SearchResult,
  type SearchStatus,
} from '@markitect/domain';
import { errorOutcomes, EXIT_PARTIAL } from '@markitect/ports';
import type { CommandContext } from '../program/command-context.js';
import { fitEnd, fitMiddle } from '../terminal/fit.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showInstant, showSeconds } from '../terminal/quantities.js';
import type { Style, Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import type { ArgumentDefinition } from './command.js';
import { badOption } from './option-values.js';

/** The research of a command. */
export const researchArgument: ArgumentDefinition = {
  name: 'id',
  description: 'the research, as `markitect research list` numbers it',
};

/** Reads {@link researchArgument}. Throws UsageError. */
export function researchId(text: string): number {
  const id = /^#?\d{1,15}$/.test(text) ? Number(text.replace('#', '')) : NaN;
  if (id >= 1) return id;
  throw badOption('id', `must be the number of a research, not "${text}"`);
}

/** The shape of `researchView`. */
export const researchShape = `{
  id: number; question: string; sources: string[];
  status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
  maxResults: number;      // asked of each source
  rerunOf?: number;        // the research it repeats
  document?: string;       // what it was saved as
  createdAt: string; updatedAt: string; finishedAt?: string;
  found: number;           // so far, duplicates included
  jobs: {
    id: number; source: string; taskId?: number;
    status: 'pending' | 'running' | 'completed' | 'failed' | 'cancelled';
    found: number; done: number; total?: number;
    problems: { reference: string; code: string; message: string }[];
    problemCount: number;  // problems are the first of them
    failure?: { code: string; message: string };
    createdAt: string; updatedAt: string;
    startedAt?: string; finishedAt?: string;
  }[];
}`;

/** The shape of a result. */
export const resultShape = `{
    id: number; jobId: number; source: string;
    rank?: number;         // absent before the end, and for duplicates
    reference: string; title: string; snippet: string; location: string;
    score: number;         // comparable within one source only
    fingerprint: string; duplicateOf?: number; analysis?: unknown;
    foundAt: string; updatedAt: string;
  }`;

export function statusColors(style: Style): Readonly<Record<SearchStatus, (text: string) => string>> {
  return {
    pending: style.dim,
    running: style.cyan,
    completed: style.green,
    failed: style.red,
    cancelled: style.yellow,
  };
}

/** Prints a research and its sources: for a program as lines of names and values with tabs between them. */
export function printResearch({ terminal }: CommandContext, status: ResearchStatus): void {
  const { search, jobs } = status;
  const { id, question, createdAt, finishedAt, document, rerunOf, maxResults } = search;
  const { style } = terminal;
  if (!terminal.isInteractive) {
    terminal.print(
      ...[
        ['id', String(id)],
        ['question', printableLine(question)],
        ['status', search.status],
        ...(document === undefined ? [] : [['document', printableLine(document)]]),
        ...jobs.map(({ source, status: state, found, done, total, problemCount, failure }) => [
          'source',
          printableLine(formatResearchSource(source)),
          state,
          String(found),
          String(done),
          total === undefined ? '' : String(total),
          String(problemCount),
          failure?.code ?? '',
        ]),
      ].map((line) => line.join('\t')),
    );
    return;
  }
  const seconds =
    finishedAt === undefined ? undefined : (Date.parse(finishedAt) - Date.parse(createdAt)) / 1000;
  const rows: readonly (readonly [string, string] | undefined)[] = [
    ['asked', `${showInstant(createdAt)}, ${countOf(maxResults, 'result')} of each source at most`],
    seconds === undefined ? undefined : ['took', showSeconds(seconds)],
    rerunOf === undefined ? undefined : ['repeats', `research ${rerunOf}`],
    document === undefined ? undefined : ['saved', printableLine(document)],
  ];
  terminal.print(
    [
      style.bold(`Research ${id}`),
      printableLine(question),
      statusColors(style)[search.status](search.status),
    ].join(style.dim(' · ')),
    ...rows.flatMap((row) => (row === undefined ? [] : [`  ${style.dim(row[0].padEnd(9))} ${row[1]}`])),
    '',
    ...jobs.map((job) => sourceLine(terminal, job, jobs)),
  );
  printProblems(terminal, jobs);
}

/** A source and how far it is, on one line. */
function sourceLine({ style, width }: Terminal, job: ScrapingJob, jobs: readonly ScrapingJob[]): string {
  const names = jobs.map(({ source }) => printableLine(formatResearchSource(source)));
  const nameWidth = Math.min(Math.max(...names.map((name) => name.length)), Math.max(20, width - 46));
  const name = fitMiddle(printableLine(formatResearchSource(job.source)), nameWidth).padEnd(nameWidth);
  const counts = [
    `${job.found} found`,
    placeOf(job),
    job.problemCount === 0 ? '' : style.yellow(countOf(job.problemCount, 'problem')),
  ].filter((each) => each !== '');
  return `  ${name}  ${statusColors(style)[job.status](job.status.padEnd(9))}  ${counts.join(', ')}`;
}

function placeOf({ status, done, total }: ScrapingJob): string {
  if (status === 'completed' || done === 0) return '';
  return total === undefined ? `${done} looked at` : `${done} of ${total} looked at`;
}

/** How many problems of a source are shown without `--verbose`. */
const SHOWN_PROBLEMS = 3;

/** Says on stderr what could not be had. */
export function printProblems(terminal: Terminal, jobs: readonly ScrapingJob[]): void {
  const { noteStyle } = terminal;
  const width = Math.min(terminal.stderr.columns ?? 80, 100) - 2;
  const say = (what: string, message: string, code: string) => {
    // Many messages name the thing themselves.
    const text = message.includes(what) ? message : `${what}: ${message}`;
    const spans = [{ text: `${printableLine(text)} ` }, { text: `(${code})`, paint: noteStyle.dim }];
    return wrapSpans(spans, width - 2).map((line, index) => `  ${index === 0 ? '' : '  '}${line}`);
  };
  for (const { source, failure, problems, problemCount } of jobs) {
    const name = printableLine(formatResearchSource(source));
    if (failure !== undefined) {
      terminal.complain('', noteStyle.red('Failed:'), ...say(name, failure.message, failure.code));
    }
    if (problemCount === 0) continue;
    const shown = terminal.verbose ? problems : problems.slice(0, SHOWN_PROBLEMS);
    const left = problemCount - shown.length;
    terminal.note(
      '',
      noteStyle.yellow(`Could not be had of ${name}:`),
      ...shown.flatMap(({ reference, message, code }) => say(reference, message, code)),
      ...(left === 0 ? [] : [noteStyle.dim(`  and ${left} more${moreHint(terminal, problems.length)}`)]),
    );
  }
}

function moreHint({ verbose }: Terminal, kept: number): string {
  return verbose || kept <= SHOWN_PROBLEMS ? '' : ': --verbose shows them';
}

/** Prints results: for a program one line for each, with tabs. */
export function printResults(terminal: Terminal, { items }: Pick<ResearchResults, 'items'>): void {
  if (!terminal.isInteractive) {
    terminal.print(
      ...items.map(({ rank, source, location, title, snippet }) =>
        [rank === undefined ? '' : String(rank), source, location, title, snippet]
          .map(printableLine)
          .join('\t'),
      ),
    );
    return;
  }
  const { style } = terminal;
  const width = Math.min(terminal.width, 100) - INDENT.length;
  items.forEach((result, index) => {
    const { title, rank, snippet } = result;
    const mark = (rank === undefined ? '·' : `${rank}.`).padEnd(INDENT.length);
    terminal.print(
      `${mark}${style.bold(fitEnd(printableLine(title), width))}`,
      `${INDENT}${style.cyan(fitMiddle(placeText(result), width))}`,
      ...wrapSpans([{ text: printableLine(snippet), paint: style.dim }], width)
        .filter((line) => line !== '')
        .map((line) => INDENT + line),
      ...(index < items.length - 1 ? [''] : []),
    );
  });
}

const INDENT = '    ';

/** Where people find a result: `docs guides/start.md`, `issues #42`, an address. */
function placeText({ source, location, reference, duplicateOf }: SearchResult): string {
  const [, number] = /^issues:(\d+)$/.exec(reference) ?? [];
  const name = number === undefined ? location.replace(/^docs:/, '') : `#${number}`;
  const place = /^https?:/.test(name) ? name : `${source.split(':', 1)[0] ?? ''} ${name}`;
  return printableLine(duplicateOf === undefined ? place : `${place} (says the same as another)`);
}

/** Whether nothing changes any more by itself. */
export function isOver({ status }: Pick<Search, 'status'>): boolean {
  return status !== 'pending' && status !== 'running';
}

/** One line on what a research came to. */
export function outcomeLine(terminal: Terminal, { search, jobs }: ResearchStatus, ranked: number): string {
  const { style } = terminal;
  const found = jobs.reduce((sum, job) => sum + job.found, 0);
  const same = found - ranked;
  const parts = [
    statusColors(style)[search.status](`research ${search.id} ${search.status}`),
    countOf(ranked, 'result'),
    ...(isOver(search) && same > 0 ? [`${countOf(same, 'duplicate')} left out`] : []),
  ];
  return parts.join(', ');
}

/** The exit code of a research: 6 when some source has failed, that of the first failure when all have. */
export function exitCodeOf({ search, jobs }: ResearchStatus): number {
  if (search.status === 'cancelled') return EXIT_PARTIAL;
  const failures = jobs.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  if (failures.length === 0) return 0;
  if (search.status === 'completed') return EXIT_PARTIAL;
  const [{ code }] = failures as [(typeof failures)[number]];
  const known = Object.entries(errorCodes).find(([name]) => name === code);
  return errorOutcomes[known?.[1].kind ?? 'Unexpected'].exitCode;
}

/** A research as programs get it. */
export async function researchJson(status: ResearchStatus): Promise<object> {
  const { researchView } = await import('@markitect/application');
  return researchView(status);
}

/** What a table shows of the sources of a search. */
export function sourcesText({ sources }: Search): string {
  return printableLine(sources.map(formatResearchSource).join(', '));
}
