import { EXIT_PARTIAL, errorOutcomes } from '@markitect/ports';
import { isMarkitectError, parseDocumentPath } from '@markitect/domain';
import { failureOf } from '../program/failure.js';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';

/** `markitect docs remove` */
export const docsRemove = defineCommand({
  name: ['docs', 'remove'],
  summary: 'remove stored documents; the files they came from stay',
  description:
    'A path at which nothing is stored is reported, and the others are removed: then the exit code is 6, or 3 when ' +
    'there was nothing to remove at all. The next ingest of the file brings a document back.',
  arguments: [
    { name: 'path', description: 'documents, as `markitect docs list` names them', variadic: true },
  ],
  examples: [{ command: 'markitect docs remove drafts/old.md drafts/older.md', does: 'two documents' }],
  json: `{
  removed: string[];
  failures: { path: string; code: string; message: string; remedy: string }[];
}`,
  async run(context, paths) {
    const { terminal } = context;
    // A path that is not one is a mistake in the command: nothing is removed then.
    const checked = [...new Set(paths.map(parseDocumentPath))];
    const removed: string[] = [];
    const failures: ({ path: string } & Pick<ReturnType<typeof failureOf>, 'code' | 'message' | 'remedy'>)[] =
      [];
    await context.withApplication(async ({ documents }) => {
      for (const path of checked) {
        try {
          await documents.remove(path);
          removed.push(path);
        } catch (error) {
          if (!isMarkitectError(error) || error.kind !== 'NotFound') throw error;
          const { code, message, remedy } = failureOf(error);
          failures.push({ path, code, message, remedy });
        }
      }
    });
    if (terminal.json) {
      terminal.printJson({ removed, failures });
    } else {
      terminal.print(...removed.map((path) => `removed ${printableLine(path)}`));
      for (const { message, remedy, code } of failures) {
        terminal.complain(
          `${terminal.noteStyle.red('error:')} ${printableLine(message)} ${terminal.noteStyle.dim(`(${code})`)}`,
          `  ${terminal.noteStyle.dim('fix:')} ${remedy}`,
        );
      }
    }
    if (failures.length === 0) return 0;
    return removed.length === 0 ? errorOutcomes.NotFound.exitCode : EXIT_PARTIAL;
  },
});
