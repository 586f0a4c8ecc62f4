import { resolve } from 'node:path';
import type { Application } from '@markitect/api';
import type { WorkerEvent, WorkerReport } from '@markitect/application';
import { errorOutcomes } from '@markitect/ports';
import { isFolder } from '../composition/is-folder.js';
import type { CommandContext } from '../program/command-context.js';
import { failureOf } from '../program/failure.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showSeconds } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { badOption, given, nonEmpty, wholeNumber } from './option-values.js';
import { showUntil } from './tasks-view.js';

interface Options {
  readonly concurrency?: number;
  readonly type?: readonly string[];
  readonly untilEmpty?: boolean;
  readonly root?: readonly string[];
}

/** `markitect work` */
export const work = defineCommand<Options>({
  name: ['work'],
  summary: 'do tasks',
  description:
    'Takes tasks from the queue and does them, as they come and when schedules are due. Any number of workers may run; a ' +
    'running server is one, too. Ctrl-C or SIGTERM: it takes nothing more, lets what runs finish for tasks.graceMs and ' +
    'gives the rest back. Not on a terminal it writes a line for each task to stderr. With --until-empty the exit code ' +
    'is 5 when tasks of this run are dead.',
  options: [
    {
      flags: '-c, --concurrency <count>',
      description: 'how many at the same time',
      defaultText: 'from the configuration, 4',
      parse: wholeNumber('--concurrency', 1, 1000),
    },
    {
      flags: '--type <type>',
      description: 'only tasks of this type; repeatable',
      defaultText: 'all; those nobody knows are given up',
      repeatable: true,
      parse: nonEmpty('--type'),
    },
    { flags: '--until-empty', description: 'end when nothing can begin any more' },
    {
      flags: '--root <dir>',
      description: 'a folder that documents.ingest may read; repeatable',
      defaultText: 'from the configuration, none',
      repeatable: true,
      parse: nonEmpty('--root'),
    },
  ],
  examples: [
    { command: 'markitect work', does: 'until it is interrupted' },
    { command: 'markitect work --until-empty', does: 'what there is, e.g. from cron' },
    {
      command: 'markitect work --type research.scrape --concurrency 8',
      does: 'only researches, eight at a time',
    },
  ],
  json: `{
  ended: { completed: number; retrying: number; dead: number; cancelled: number; returned: number; lost: number };
  rescued: number;         // taken from workers that had fallen silent
  scheduled: number;       // made by schedules
  seconds: number;
}`,
  async run(context, _args, { concurrency, root, type, untilEmpty }) {
    const { terminal } = context;
    const project = await context.projectConfig();
    const roots = root?.map((folder) => resolve(context.cwd, folder));
    for (const folder of roots ?? []) {
      if (!(await isFolder(folder))) throw badOption('--root', `must be a folder, and ${folder} is none`);
    }
    const config = {
      ...project,
      tasks: { ...project.tasks, ...given({ concurrency }) },
      ingest: {
        ...project.ingest,
        ...given({ roots }),
      },
    };
    const report = await context.withApplication(
      (application) => {
        requireTypes(application, type ?? []);
        return runWorker(context, application, given({ types: type, untilEmpty }));
      },
      { config },
    );
    if (terminal.json) {
      terminal.printJson({ ...report, seconds: Math.round(report.seconds * 1000) / 1000 });
    } else terminal.print(summaryOf(terminal, report));
    return untilEmpty === true && report.ended.dead > 0 ? errorOutcomes.Unavailable.exitCode : 0;
  },
});

/** Of a type that it does not know a worker can do no task: it would wait for ever, or give them up. */
function requireTypes({ tasks }: Application, types: readonly string[]): void {
  const known = tasks.types().map((each) => each.type);
  const unknown = types.find((type) => !known.includes(type));
  if (unknown === undefined) return;
  throw badOption('--type', `must be one of ${known.join(', ')}, not "${unknown}"`);
}

/** How often it is looked how many wait, at most. */
const LOOK_EVERY_MS = 1000;

async function runWorker(
  context: CommandContext,
  application: Application,
  options: { readonly types?: readonly string[]; readonly untilEmpty?: boolean },
): Promise<WorkerReport> {
  const { terminal } = context;
  const stop = new AbortController();
  const display = await openDisplay(terminal, application);
  const restore = context.onInterrupt(() => {
    stop.abort();
    display.note('Stopping when what runs is done. Interrupt again to stop at once.');
  });
  if (!terminal.showsProgress) display.note('waiting for tasks');
  try {
    return await application.worker({ ...options, onEvent: display.onEvent }).run(stop.signal);
  } finally {
    display.close();
    restore();
  }
}

interface Display {
  readonly onEvent: (event: WorkerEvent) => void;
  note(text: string): void;
  close(): void;
}

/** On a terminal one line that changes, and above it what went wrong; elsewhere a line for each task. */
async function openDisplay(terminal: Terminal, { tasks }: Application): Promise<Display> {
  const { openProgress } = await import('../terminal/progress.js');
  const { afterEvent, noWork, workProgress } = await import('../terminal/work-progress.js');
  let state = noWork;
  const started = performance.now();
  let line = openProgress(terminal, workProgress);
  const isLive = line !== undefined;
  const note = (text: string) => {
    line?.close();
    terminal.note(text);
    if (isLive) {
      line = openProgress(terminal, {
        ...workProgress,
        line: (now, _seconds, space) => workProgress.line(now, elapsed(), space),
      });
      line?.update(state);
    }
  };
  const elapsed = () => (performance.now() - started) / 1000;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const began = performance.now();
    const all = await tasks.stats().catch(() => []);
    state = { ...state, waiting: all.reduce((sum, { counts }) => sum + counts.waiting, 0) };
    line?.update(state);
    // Counting a long queue takes its time: a twentieth of all at most.
    const pause = Math.max(LOOK_EVERY_MS, 20 * (performance.now() - began));
    if (line !== undefined) timer = setTimeout(() => void look(), pause);
  };
  if (isLive) void look();
  return {
    note,
    close: () => {
      clearTimeout(timer);
      line?.close();
      line = undefined;
    },
    onEvent: (event) => {
      state = afterEvent(state, event);
      const text = eventText(terminal, event, isLive);
      if (text !== undefined) note(text);
      else line?.update(state);
    },
  };
}

/** What is told of an event; while a line shows how things go, only of what did not go well. */
function eventText(terminal: Terminal, event: WorkerEvent, isLive: boolean): string | undefined {
  const { noteStyle } = terminal;
  switch (event.kind) {
    case 'ended': {
      const { task, end, failure, retryAt, runMs } = event;
      const isQuiet = isLive && (end === 'completed' || end === 'returned');
      if (isQuiet) return undefined;
      const paint = { completed: noteStyle.green, dead: noteStyle.red, retrying: noteStyle.yellow };
      const painted = (paint as Partial<Record<string, (text: string) => string>>)[end]?.(end) ?? end;
      const why = failure === undefined ? '' : `: ${printableLine(failure.message)} (${failure.code})`;
      const again = retryAt === undefined ? '' : `, again ${showUntil(retryAt)}`;
      return `${painted} #${task.id} ${task.type} in ${showSeconds(runMs / 1000)}${again}${why}`;
    }
    case 'rescued':
      return `${countOf(event.count, 'task')} taken from workers that have fallen silent`;
    case 'trouble': {
      const { code, message } = failureOf(event.error);
      return `${noteStyle.yellow(event.during)}: ${printableLine(message)} (${code})`;
    }
    case 'scheduled':
      return isLive ? undefined : `schedule ${event.schedule} is due: #${event.id}`;
    default:
      return undefined;
  }
}

function summaryOf({ style }: Terminal, { ended, rescued, seconds }: WorkerReport): string {
  const { completed, retrying, dead, cancelled, returned, lost } = ended;
  const others = { 'to be tried again': retrying, dead, cancelled, 'given back': returned, lost, rescued };
  const parts = [
    style.green(`${completed} completed`),
    ...Object.entries(others).flatMap(([name, count]) => (count === 0 ? [] : [`${count} ${name}`])),
  ];
  return `${parts.join(', ')} ${style.dim(`in ${showSeconds(seconds)}`)}`;
}
