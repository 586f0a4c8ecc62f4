import type { Application } from '@markitect/api';
import type { ResearchStatus, WorkerEvent } from '@markitect/application';
import { EXIT_PARTIAL } from '@markitect/ports';
import type { CommandContext } from '../program/command-context.js';
import type { Terminal } from '../terminal/terminal.js';
import { noteNextResults } from './research-results.js';
import { retryText } from './research-retry.js';
import {
  exitCodeOf,
  isOver,
  outcomeLine,
  printProblems,
  printResults,
  researchJson,
} from './research-view.js';

/** How many results are shown when a research is over. */
const SHOWN = 10;

/** An interrupted source goes on where it was, so that it need not be waited for longer. */
const GRACE_MS = 1000;

/** How long nothing may begin before somebody is told how things begin. */
const PATIENCE_MS = 3000;

/** What became of a research that was followed. */
export interface Followed {
  readonly status: ResearchStatus;
  /** Somebody has ended the following before the research was over. */
  readonly isInterrupted: boolean;
}

/**
 * Shows how far a research is until it is over, or somebody interrupts. `work`: does its tasks meanwhile; `watch`: leaves
 * that to others.
 */
export async function followResearch(
  context: CommandContext,
  application: Application,
  { search: { id } }: ResearchStatus,
  how: 'work' | 'watch',
): Promise<Followed> {
  const { terminal } = context;
  const { openProgress } = await import('../terminal/progress.js');
  const { researchProgress } = await import('../terminal/research-progress.js');
  const started = performance.now();
  const line: typeof researchProgress.line = (state, _seconds, space) =>
    researchProgress.line(state, (performance.now() - started) / 1000, space);
  const open = () => openProgress(terminal, { ...researchProgress, line });
  let progress = open();
  let last: ResearchStatus | undefined;
  const onEvent = (event: WorkerEvent) => {
    const text = retryText(event, last);
    if (text === undefined) return;
    progress?.close();
    terminal.note(text);
    if (over.signal.aborted) return;
    progress = open();
    progress?.update(last);
  };
  const over = new AbortController();
  const restore = context.onInterrupt(() => {
    progress?.close();
    if (how === 'work') terminal.note('Stopping. Interrupt again to stop at once.');
    over.abort();
  });
  const working =
    how === 'work'
      ? application.worker({ types: ['research.scrape'], graceMs: GRACE_MS, onEvent }).run(over.signal)
      : undefined;
  // It only ends before the signal when it fails, and then nothing would be done any more.
  working?.catch(() => over.abort());
  const patience = tellAfter(PATIENCE_MS, () => {
    if (how === 'watch') terminal.note('It waits for a worker. Start one with: markitect work');
  });
  try {
    for await (const status of application.research.watch(id, over.signal)) {
      if (status.search.status !== 'pending') patience.cancel();
      last = status;
      progress?.update(status);
      if (progress === undefined && how === 'watch') noteStep(terminal, status);
    }
  } finally {
    patience.cancel();
    progress?.close();
    over.abort();
    try {
      await working;
    } finally {
      restore();
    }
  }
  const status = await application.research.status(id);
  return { status, isInterrupted: !isOver(status.search) };
}

function tellAfter(ms: number, tell: () => void): { cancel(): void } {
  const timer = setTimeout(tell, ms);
  return { cancel: () => clearTimeout(timer) };
}

/** For whoever reads a log: one line for each change. */
function noteStep(terminal: Terminal, { search, jobs }: ResearchStatus): void {
  const sum = (count: (job: ResearchStatus['jobs'][number]) => number) =>
    String(jobs.reduce((total, job) => total + count(job), 0));
  terminal.note(
    [search.updatedAt, search.status, sum(({ found }) => found), sum(({ done }) => done)].join('\t'),
  );
}

/** Says that a research was left to others; answers the exit code. */
export async function noteDetached({ terminal }: CommandContext, status: ResearchStatus): Promise<number> {
  const { id } = status.search;
  if (terminal.json) terminal.printJson(await researchJson(status));
  else if (terminal.isInteractive) {
    terminal.print(`started ${terminal.style.bold(`research ${id}`)}`);
    terminal.note(
      '',
      terminal.noteStyle.dim(
        '  markitect work --until-empty'.padEnd(32) + '  do it, if no other worker runs',
      ),
      terminal.noteStyle.dim(`  markitect research watch ${id}`.padEnd(32) + '  see how far it is'),
    );
  } else terminal.print(String(id));
  return 0;
}

/** Prints what a research has come to; answers the exit code. */
export async function printOutcome(
  context: CommandContext,
  application: Application,
  { status, isInterrupted }: Followed,
): Promise<number> {
  const { terminal } = context;
  const { id } = status.search;
  if (terminal.json) {
    terminal.printJson(await researchJson(status));
    return isInterrupted ? EXIT_PARTIAL : exitCodeOf(status);
  }
  if (isInterrupted) {
    const { noteStyle } = terminal;
    terminal.complain(
      noteStyle.yellow(`Interrupted: what was found is kept. It goes on with: markitect work`),
      noteStyle.dim(`or is ended with: markitect research cancel ${id}`),
    );
    return EXIT_PARTIAL;
  }
  const page = await application.research.results(id, { limit: SHOWN });
  if (terminal.isInteractive) {
    terminal.print(outcomeLine(terminal, status, page.total), ...(page.items.length > 0 ? [''] : []));
  }
  printResults(terminal, page);
  if (page.items.length === 0) terminal.note('Nothing was found.');
  printProblems(terminal, status.jobs);
  noteNextResults(terminal, status, page);
  return exitCodeOf(status);
}
