import {
  Conflict,
  isMarkitectError,
  isReplaced,
  type Issue,
  type IssueEdit,
  type IssueNumber,
} from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';
import { requireIssue } from './issue-details.js';

/** What is to be different of an issue, single labels and assignees included. */
export interface IssueChange extends IssueEdit {
  /** Names of labels. With `labels`, these are added to them. */
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
  /** Names of users. With `assignees`, these are added to them. */
  readonly assign?: readonly string[];
  readonly unassign?: readonly string[];
}

/** How often a change is tried when others change the issue at the same time. */
const ATTEMPTS = 3;

/**
 * Changes an issue. A change that depends on what the issue is, is made of exactly the version it was worked out for,
 * and worked out again when somebody else was faster, unless the caller says which version. `found` spares the first
 * read.
 */
export async function changeIssue(
  issues: IssueRepository,
  number: IssueNumber,
  change: IssueChange | ((issue: Issue) => Promise<IssueEdit>),
  version?: string,
  found?: Issue,
): Promise<Issue> {
  if (typeof change !== 'function' && !dependsOnIssue(change)) {
    return issues.edit(number, change, version);
  }
  let known = found;
  for (let attempt = 1; ; attempt++) {
    const issue = known ?? (await requireIssue({ issues }, number));
    known = undefined;
    if (version !== undefined && version !== issue.version) throw issueChanged(issue);
    const edit = typeof change === 'function' ? await change(issue) : editOf(issue, change);
    if (Object.keys(edit).length === 0) return issue;
    try {
      return await issues.edit(number, edit, issue.version);
    } catch (error) {
      const isRaced = isMarkitectError(error) && error.code === 'ISSUE_CHANGED';
      if (!isRaced || version !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

function dependsOnIssue({ addLabels, removeLabels, assign, unassign }: IssueChange): boolean {
  return [addLabels, removeLabels, assign, unassign].some((names) => names !== undefined && names.length > 0);
}

function editOf(
  issue: Issue,
  { addLabels, removeLabels, assign, unassign, ...edit }: IssueChange,
): IssueEdit {
  const change = (before: readonly string[], add: readonly string[] = [], remove: readonly string[] = []) => {
    const names = new Set([...before, ...add]);
    for (const name of remove) names.delete(name);
    return [...names];
  };
  const before = issue.labels.map(({ name }) => name);
  const kept = issue.labels.filter((label) => !isReplaced(label, addLabels ?? [])).map(({ name }) => name);
  const labels = change(edit.labels ?? kept, addLabels, removeLabels);
  const assignees = change(edit.assignees ?? issue.assignees, assign, unassign);
  const isSame = (a: readonly string[], b: readonly string[]) =>
    a.length === b.length && a.every((each) => b.includes(each));
  return {
    ...edit,
    ...(isSame(labels, before) ? {} : { labels }),
    ...(isSame(assignees, issue.assignees) ? {} : { assignees }),
  };
}

/** The refusal of a change of an issue that is no longer as it was seen. */
export function issueChanged({ number, version }: Issue): Conflict {
  return new Conflict('ISSUE_CHANGED', `issue #${number} was changed in the meantime`, {
    details: { number, version },
  });
}
