import { resolve } from 'node:path';
import type { CopyProgress } from '@markitect/adapter-sqlite';
import { EXIT_PARTIAL } from '@markitect/ports';
import { printableLine } from '../terminal/printable.js';
import type { ProgressView } from '../terminal/progress.js';
import { countOf, showBytes, showSeconds } from '../terminal/quantities.js';
import { argument, defineCommand } from './command.js';
import { withDatabase } from './with-database.js';

interface Options {
  readonly force?: boolean;
}

const copyProgress: ProgressView<CopyProgress> = {
  initial: { pages: 0, totalPages: 0 },
  share: ({ pages, totalPages }) => ({ done: pages, total: totalPages }),
  line: ({ pages, totalPages }, seconds, { bar }) =>
    `${bar} ${totalPages === 0 ? 0 : Math.floor((100 * pages) / totalPages)} %  ${showSeconds(seconds)}`,
};

/** `markitect db backup` */
export const dbBackup = defineCommand<Options>({
  name: ['db', 'backup'],
  summary: 'copy the database to a file while it is in use',
  description:
    'Every commit acknowledged before it began is in the copy, and none by half; nobody who reads or writes waits for it. ' +
    'The copy is checked and on the disk before it gets its name. Of the other folders in the data directory copy ' +
    'archives, baselines and workspaces too; syntax trees and the cache are made again.',
  arguments: [{ name: 'file', description: 'where the copy is to be; there must be no file yet' }],
  options: [{ flags: '--force', description: 'take the place of a file that is there' }],
  examples: [
    { command: 'markitect db backup /backups/markitect-$(date +%F).db', does: 'one for each day' },
    { command: 'markitect db backup /backups/latest.db --force', does: 'always the same file' },
  ],
  json: `{
  file: string;            // absolute path of the copy
  bytes: number;
  pendingFiles: number;    // changes of files in it that were committed and could not be put in place
  seconds: number;
}`,
  async run(context, args, { force = false }) {
    const { terminal } = context;
    const file = resolve(context.cwd, argument(args));
    const { openProgress } = await import('../terminal/progress.js');
    const started = performance.now();
    const abort = new AbortController();
    const restore = context.onInterrupt(() => abort.abort());
    let progress: ReturnType<typeof openProgress<CopyProgress>>;
    try {
      const report = await withDatabase(context, (database) =>
        database.backUp(file, {
          overwrite: force,
          signal: abort.signal,
          onProgress: (state) => {
            progress ??= openProgress(terminal, copyProgress);
            progress?.update(state);
          },
        }),
      );
      progress?.close();
      const seconds = (performance.now() - started) / 1000;
      if (terminal.json) {
        terminal.printJson({ ...report, seconds: Math.round(seconds * 1000) / 1000 });
        return 0;
      }
      terminal.print(`${printableLine(file)}: ${showBytes(report.bytes)} in ${showSeconds(seconds)}`);
      if (report.pendingFiles > 0) {
        terminal.note(
          `${countOf(report.pendingFiles, 'change')} of files were not in place: markitect recover, then again.`,
        );
      }
      return 0;
    } catch (error) {
      progress?.close();
      if (!abort.signal.aborted) throw error;
      terminal.complain('Interrupted; nothing was written.');
      return EXIT_PARTIAL;
    } finally {
      restore();
    }
  },
});
