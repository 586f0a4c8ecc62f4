import type { SyncReport } from '@markitect/application';
import { Invalid } from '@markitect/domain';
import { EXIT_PARTIAL } from '@markitect/ports';
import { withProgress } from '../program/with-progress.js';
import { countOf, showInstant, showSeconds } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { defineCommand } from './command.js';
import { given } from './option-values.js';
import { withTracker } from './tracker.js';

interface Options {
  readonly full?: boolean;
}

/** `markitect issues sync` */
export const issuesSync = defineCommand<Options>({
  name: ['issues', 'sync'],
  summary: 'bring the local copy of the issues in Gitea up to date',
  description:
    'Takes over what has changed since the last time: issues, comments, what waits for what, and what is gone; the first ' +
    'time everything. The copy answers `search`, and every question while Gitea is down. Set MARKITECT_GITEA_URL, ' +
    'MARKITECT_GITEA_OWNER, MARKITECT_GITEA_REPOSITORY and, unless everybody may read it, MARKITECT_GITEA_TOKEN, or ' +
    'gitea.url, gitea.owner and gitea.repository in the file of settings. An interrupted one (Ctrl-C: exit code 6) goes ' +
    'on where it was. While another process is at it, this one is refused with code 4.',
  options: [{ flags: '--full', description: 'look at every issue, whatever was done before' }],
  examples: [
    { command: 'markitect issues sync', does: 'what has changed' },
    {
      command: 'markitect issues sync --full',
      does: 'everything, after the repository was restored for example',
    },
  ],
  json: `{
  kind: 'full' | 'incremental';
  resumed: boolean;        // whether it went on with an interrupted one
  issues: number;          // taken over
  removed: number;         // gone from the tracker
  total: number;           // in the copy now
  syncedAt?: string;       // when the copy last was as the tracker was
  seconds: number;
  interrupted: boolean;
}`,
  async run(context, _args, { full }) {
    const { terminal } = context;
    if ((await context.projectConfig()).gitea.url === undefined) throw notConfigured();
    const { syncProgress } = await import('../terminal/sync-progress.js');
    const report = await withTracker(context, ({ issueSync }) => {
      if (issueSync === undefined) throw notConfigured();
      return withProgress(context, syncProgress, 'the page under way', (run) =>
        issueSync.sync({ ...given({ full }), ...run }),
      );
    });
    if (terminal.json) {
      terminal.printJson({ ...report, seconds: Math.round(report.seconds * 1000) / 1000 });
    } else printReport(terminal, report);
    return report.interrupted ? EXIT_PARTIAL : 0;
  },
});

function notConfigured(): Invalid {
  return new Invalid(
    'TRACKER_NOT_CONFIGURED',
    'there is no Gitea to take issues from: they are kept in the data directory here',
    { details: { settings: ['gitea.url', 'gitea.owner', 'gitea.repository'] } },
  );
}

function printReport(terminal: Terminal, report: SyncReport): void {
  const { style } = terminal;
  const { kind, resumed, issues, removed, total, syncedAt, seconds, interrupted } = report;
  // A pass over all issues may read some twice: what counts is what it leaves.
  const done = kind === 'full' ? `${countOf(total, 'issue')} in the copy` : `${issues} taken over`;
  const parts = [
    style.green(done),
    `${removed} removed`,
    ...(kind === 'full' ? [] : [`${total} in the copy`]),
  ];
  const what = kind === 'full' ? 'everything' : 'changes';
  terminal.print(
    parts.join(', '),
    style.dim(`${what}${resumed ? ', from where it was interrupted' : ''}, in ${showSeconds(seconds)}`),
  );
  if (interrupted) {
    terminal.complain(terminal.noteStyle.yellow('Interrupted: run the same command again for the rest.'));
  } else if (syncedAt !== undefined && terminal.verbose) {
    terminal.note(terminal.noteStyle.dim(`as of ${showInstant(syncedAt)}`));
  }
}
