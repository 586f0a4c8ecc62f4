import type { Issue } from '@markitect/domain';

/** Parts of an issue that are written by themselves. */
export const aspects = ['title', 'body', 'dueOn', 'assignees', 'milestone', 'state', 'labels'] as const;
export type Aspect = (typeof aspects)[number];

/** The parts in which two issues differ. */
export function differing(a: Issue, b: Issue, among: readonly Aspect[]): Aspect[] {
  const value = (issue: Issue, aspect: Aspect): unknown =>
    aspect === 'labels' ? issue.labels.map(({ name }) => name).sort() : issue[aspect];
  return among.filter((aspect) => JSON.stringify(value(a, aspect)) !== JSON.stringify(value(b, aspect)));
}
