import { resolve } from 'node:path';
import type { IngestFailure, IngestReport, IngestRequest } from '@markitect/application';
import { EXIT_PARTIAL } from '@markitect/ports';
import { failureOf } from '../program/failure.js';
import { withProgress } from '../program/with-progress.js';
import { printableLine } from '../terminal/printable.js';
import { countOf, showBytes, showSeconds } from '../terminal/quantities.js';
import { showPath } from '../terminal/show-path.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { given, nonEmpty, wholeNumber } from './option-values.js';

interface Options {
  readonly ignore?: readonly string[];
  readonly prune?: boolean;
  readonly as?: string;
  readonly overwrite?: boolean;
  readonly base?: string;
  readonly maxFileBytes?: number;
}

/** `markitect ingest` */
export const ingest = defineCommand<Options>({
  name: ['ingest'],
  summary: 'take Markdown files into the store',
  description:
    'Reads .md, .markdown and .mdx files (CommonMark, GFM, YAML front matter) and stores those that are new or ' +
    'have changed, with their syntax trees, links and search index. Folders are walked; what .gitignore, .ignore ' +
    'and .markitectignore files exclude is left out. A file that cannot be taken is reported and the others go in: ' +
    'then the exit code is 6. Ctrl-C ends it after the batches under way; what was stored stays.',
  arguments: [
    {
      name: 'source',
      description:
        'files, folders or patterns such as "docs/**/*.md" (quoted, so that the shell leaves them alone)',
      variadic: true,
    },
  ],
  options: [
    {
      flags: '--ignore <pattern>',
      description: 'leave out what this .gitignore-style pattern matches; repeatable',
      repeatable: true,
      parse: nonEmpty('--ignore'),
    },
    { flags: '--prune', description: 'remove stored documents below the sources whose files are gone' },
    {
      flags: '--as <prefix>',
      description: 'document paths begin with this instead of the place of the source',
      parse: nonEmpty('--as'),
    },
    {
      flags: '--base <dir>',
      description: 'document paths are relative to this folder, and so are relative sources',
      defaultText: 'the working folder',
      parse: nonEmpty('--base'),
    },
    { flags: '--overwrite', description: 'replace documents that another file or the API has written' },
    {
      flags: '--max-file-bytes <count>',
      description: 'the largest file that is taken',
      defaultText: 'from the configuration, 10 MiB',
      parse: wholeNumber('--max-file-bytes', 1, Number.MAX_SAFE_INTEGER),
    },
  ],
  examples: [
    { command: 'markitect ingest docs README.md', does: 'a folder and a file' },
    {
      command: "markitect ingest 'guides/**/*.md' --ignore drafts/",
      does: 'what a pattern matches, without drafts',
    },
    { command: 'markitect ingest docs --prune', does: 'again, following deleted files' },
    { command: 'markitect ingest ../book/src --as book', does: 'as book/… whatever the folder is called' },
  ],
  json: `{
  created: number; updated: number; unchanged: number;
  removed: number;        // by --prune
  failed: number;
  failures: {
    source: string;       // absolute path
    code: string; message: string; remedy: string;
  }[];
  bytes: number;          // of all files read
  seconds: number;
  interrupted: boolean;   // whether a signal ended it early
}`,
  async run(context, sources, options) {
    const { terminal, cwd } = context;
    const config = await context.config(given({ 'ingest.maxFileBytes': options.maxFileBytes }));
    const request: IngestRequest = given({
      inputs: sources,
      base: resolve(cwd, options.base ?? '.'),
      as: options.as,
      ignore: options.ignore,
      prune: options.prune,
      overwrite: options.overwrite,
    });
    const { checkSources, hasDatabase } = await import('../composition/data-directory.js');
    if (!(await hasDatabase(config.dataDir))) {
      // Nothing is made for the sake of sources that cannot be read.
      await checkSources(request);
      terminal.note(terminal.noteStyle.dim(`Making the data directory ${showPath(config.dataDir, cwd)}`));
    }
    const { ingestProgress } = await import('../terminal/ingest-progress.js');
    const report = await context.withApplication(
      ({ ingest: service }) =>
        withProgress(context, ingestProgress, 'the batches under way', (run) => service.ingest(request, run)),
      { create: true, config },
    );
    if (terminal.json) terminal.printJson(reportJson(report));
    else printReport(terminal, report, cwd);
    return report.failed > 0 || report.interrupted ? EXIT_PARTIAL : 0;
  },
});

function reportJson({ failures, ...counts }: IngestReport): object {
  return {
    ...counts,
    seconds: Math.round(counts.seconds * 1000) / 1000,
    failures: bySource(failures).map(({ source, error }) => {
      const { code, message, remedy } = failureOf(error);
      return { source, code, message, remedy };
    }),
  };
}

function printReport(terminal: Terminal, report: IngestReport, cwd: string): void {
  const { style } = terminal;
  printFailures(terminal, report.failures, cwd);
  const counts = [
    style.green(`${report.created} created`),
    style.yellow(`${report.updated} updated`),
    `${report.unchanged} unchanged`,
    `${report.removed} removed`,
    report.failed > 0 ? style.red(`${report.failed} failed`) : '0 failed',
  ];
  const done = report.created + report.updated + report.unchanged + report.failed;
  const rate = report.seconds > 0 ? `, ${Math.round(done / report.seconds)} files/s` : '';
  terminal.print(
    counts.join(', '),
    style.dim(
      `${countOf(done, 'file')}, ${showBytes(report.bytes)} in ${showSeconds(report.seconds)}${rate}`,
    ),
  );
  if (report.interrupted) {
    terminal.complain(terminal.noteStyle.yellow('Interrupted: run the same command again for the rest.'));
  }
}

function printFailures(terminal: Terminal, failures: readonly IngestFailure[], cwd: string): void {
  const { noteStyle } = terminal;
  for (const { source, error } of bySource(failures)) {
    const { code, message, remedy } = failureOf(error);
    terminal.complain(
      `${noteStyle.red('failed')} ${noteStyle.bold(showPath(source, cwd))}: ${printableLine(message)} ${noteStyle.dim(`(${code})`)}`,
      `   ${noteStyle.dim('fix:')} ${remedy}`,
    );
  }
}

/** Batches end in any order. */
function bySource(failures: readonly IngestFailure[]): readonly IngestFailure[] {
  return failures.toSorted((a, b) => (a.source < b.source ? -1 : 1));
}
