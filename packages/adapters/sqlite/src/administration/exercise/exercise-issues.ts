import { type IssueQuery, issueSorts, parseSearchQuery } from '@markitect/domain';
import type { IssueBlockers, IssueIndex, IssueMirror, IssueRepository } from '@markitect/ports';

/** Calls every operation, so that each statement of it is prepared. Adds two issues, which stay. */
export async function exerciseIssues(issues: IssueRepository): Promise<void> {
  await issues.saveLabel({ name: 'exercise', color: '336699', description: '', exclusive: false });
  await issues.saveMilestone({ title: 'exercise', description: '', state: 'open' });
  const names = { labels: ['exercise'], milestone: 'exercise', assignees: ['exercise'] };
  const { number } = await issues.create({ title: 'Exercise', ...names });
  const { number: other } = await issues.create({ title: 'Exercise' });
  await issues.saveLabel({ name: 'exercise', color: '996633', description: '', exclusive: false });
  await issues.edit(number, { title: 'Exercise again', ...names });
  await issues.comment(number, 'Exercise');
  await issues.block(number, other);
  for (const filter of filters) {
    await issues.count(filter);
    for (const sort of issueSorts) {
      for (const order of ['asc', 'desc'] as const) {
        const query = { ...filter, sort, order };
        const { nextCursor } = await issues.list(query, { limit: 1 });
        if (nextCursor !== undefined) await issues.list(query, { limit: 1, cursor: nextCursor });
      }
    }
  }
  for await (const { number: streamed } of issues.stream({})) await issues.get(streamed);
  await issues.getMany([number]);
  await issues.comments(number);
  await issues.blockers(number);
  await issues.blocked(other);
  await issues.timeline(number);
  await issues.labels();
  await issues.milestones();
  await issues.unblock(number, other);
  await issues.edit(number, { state: 'closed' });
}

const filters: readonly IssueQuery[] = [
  {},
  { state: 'open' },
  { author: 'exercise' },
  { milestone: 'exercise' },
  { milestone: null },
  { assignee: 'exercise' },
  { assignee: null },
  { labels: { all: ['exercise'] } },
  { labels: { any: ['exercise'] } },
  { labels: { none: ['nothing'] } },
  { updatedSince: '2000-01-01T00:00:00.000Z' },
  { updatedBefore: '2100-01-01T00:00:00.000Z' },
  { updatedSince: '2000-01-01T00:00:00.000Z', updatedBefore: '2100-01-01T00:00:00.000Z' },
  { text: 'exercise' },
];

/** The same for what is known of the issues' full texts and dependencies. */
export async function exerciseIssueIndex(index: IssueIndex & IssueBlockers): Promise<void> {
  const terms = parseSearchQuery('exercise');
  for (const filter of [{}, { state: 'open' as const }]) {
    const { nextCursor } = await index.search({ ...filter, terms, limit: 1 });
    if (nextCursor !== undefined) await index.search({ ...filter, terms, limit: 1, cursor: nextCursor });
  }
  await index.openBlockers([1]);
}

/** The same for a mirror, which it fills from a tracker and empties again. */
export async function exerciseMirror(mirror: IssueMirror, from: IssueRepository): Promise<void> {
  const { since: at } = await mirror.takeTurn({ token: 'exercise', holder: 'exercise', ttlMs: 60_000 });
  const { items } = await from.list({});
  const issues = [];
  for (const issue of items) {
    issues.push({ issue, comments: await from.comments(issue.number), blockers: [1, 2] });
  }
  const [labels, milestones] = [await from.labels(), await from.milestones()];
  await mirror.apply({ issues, labels, milestones, progress: { since: at } });
  await mirror.getMany(await mirror.numbers());
  await mirror.apply({ removed: await mirror.numbers(), progress: {} });
  await mirror.progress();
  await mirror.endTurn('exercise');
}
