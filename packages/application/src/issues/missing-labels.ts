import { type Issue, labelScope } from '@markitect/domain';
import type { IssueRepository } from '@markitect/ports';

/** What a label looks like that nobody has given a color. */
const COLOR = '8b949e';

/** Adds the labels that the tracker does not have; those with a scope are exclusive. Asks nothing for labels the issue has. */
export async function addMissingLabels(
  issues: IssueRepository,
  issue: Issue,
  names: readonly string[],
): Promise<void> {
  const wanted = names.filter((name) => !issue.labels.some((label) => label.name === name));
  if (wanted.length === 0) return;
  const known = new Set((await issues.labels()).map(({ name }) => name));
  for (const name of wanted) {
    if (known.has(name)) continue;
    const exclusive = labelScope({ name, exclusive: true }) !== undefined;
    await issues.saveLabel({ name, color: COLOR, description: '', exclusive });
  }
}
