import { isMarkitectError, type Issue } from '@markitect/domain';
import type { IssueRepository, MirroredIssue } from '@markitect/ports';

/** Issues whose comments and blockers are fetched at the same time. The connection has limits of its own. */
const AT_ONCE = 8;

/**
 * Issues with what belongs to them, in their order. An issue that is removed meanwhile is left out. Costs one request
 * for the blockers of each and one for the comments of those that have any.
 */
export async function mirrorIssues(
  tracker: IssueRepository,
  issues: readonly Issue[],
): Promise<readonly MirroredIssue[]> {
  const found: (MirroredIssue | undefined)[] = [];
  const waiting = issues.entries();
  const work = async () => {
    for (const [index, issue] of waiting) {
      try {
        const [comments, blockers] = await Promise.all([
          issue.comments === 0 ? [] : tracker.comments(issue.number),
          tracker.blockers(issue.number),
        ]);
        found[index] = { issue, comments, blockers: blockers.map(({ number }) => number) };
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, issues.length) }, work));
  return found.filter((each) => each !== undefined);
}

function isGone(error: unknown): boolean {
  return isMarkitectError(error) && error.code === 'ISSUE_NOT_FOUND';
}
