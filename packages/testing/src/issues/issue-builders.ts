import type { Issue, Label, Milestone } from '@markitect/domain';

/** An issue in which only what matters to a test has to be said. Open, number 1, unless told otherwise. */
export function issue(overrides: Partial<Issue> = {}): Issue {
  const number = overrides.number ?? 1;
  return {
    number,
    title: `Issue ${number}`,
    body: '',
    state: 'open',
    labels: [],
    assignees: [],
    author: 'ada',
    comments: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    isLocked: false,
    version: '1',
    ...overrides,
  };
}

/** A label in which only what matters to a test has to be said; one with a `/` in its name is exclusive. */
export function issueLabel(name: string, overrides: Partial<Label> = {}): Label {
  return { name, color: '00aabb', description: '', exclusive: name.includes('/'), ...overrides };
}

/** An open milestone in which only what matters to a test has to be said. */
export function issueMilestone(title: string, overrides: Partial<Milestone> = {}): Milestone {
  return { title, description: '', state: 'open', ...overrides };
}
