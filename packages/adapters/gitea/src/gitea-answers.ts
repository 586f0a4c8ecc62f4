import { Corrupt } from '@markitect/domain';
import { z } from 'zod';

/** What the server answers, as far as it is used. Unknown fields are ignored: servers add some with every version. */

const time = z.iso.datetime({ offset: true });
const optionalTime = time.nullish();
const user = z.object({ login: z.string() });

export const labelAnswer = z.object({
  id: z.number().int(),
  name: z.string(),
  color: z.string(),
  description: z.string().nullish(),
  exclusive: z.boolean().nullish(),
  is_archived: z.boolean().nullish(),
});
export type LabelAnswer = z.infer<typeof labelAnswer>;

export const milestoneAnswer = z.object({
  id: z.number().int(),
  title: z.string(),
  description: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  due_on: optionalTime,
});
export type MilestoneAnswer = z.infer<typeof milestoneAnswer>;

export const issueAnswer = z.object({
  id: z.number().int(),
  number: z.number().int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']),
  labels: z.array(labelAnswer).nullish(),
  milestone: z.object({ id: z.number().int(), title: z.string() }).nullish(),
  assignees: z.array(user).nullish(),
  user: user.nullish(),
  comments: z.number().int().nonnegative(),
  created_at: time,
  updated_at: time,
  closed_at: optionalTime,
  due_date: optionalTime,
  is_locked: z.boolean().nullish(),
  content_version: z.number().int().nullish(),
  pull_request: z.looseObject({}).nullish(),
  repository: z.object({ owner: z.string(), name: z.string() }).nullish(),
  html_url: z.string().nullish(),
});
export type IssueAnswer = z.infer<typeof issueAnswer>;

/** What a dependency surely has: those the user may not see come with nothing but a state. */
export const dependencyAnswer = z.object({
  number: z.number().int(),
  state: z.enum(['open', 'closed']).or(z.literal('')),
  pull_request: z.looseObject({}).nullish(),
  repository: z.object({ owner: z.string(), name: z.string() }).nullish(),
});

export const commentAnswer = z.object({
  id: z.number().int(),
  user: user.nullish(),
  body: z.string().nullish(),
  created_at: time,
  updated_at: time,
});
export type CommentAnswer = z.infer<typeof commentAnswer>;

export const eventAnswer = z.object({
  id: z.number().int(),
  type: z.string(),
  user: user.nullish(),
  body: z.string().nullish(),
  created_at: time,
  label: z.object({ name: z.string() }).nullish(),
  milestone: z.object({ title: z.string() }).nullish(),
  old_milestone: z.object({ title: z.string() }).nullish(),
  assignee: user.nullish(),
  removed_assignee: z.boolean().nullish(),
  old_title: z.string().nullish(),
  new_title: z.string().nullish(),
  old_ref: z.string().nullish(),
  new_ref: z.string().nullish(),
  project_id: z.number().int().nullish(),
  old_project_id: z.number().int().nullish(),
  dependent_issue: z.object({ number: z.number().int() }).nullish(),
  ref_issue: z.object({ number: z.number().int() }).nullish(),
  ref_commit_sha: z.string().nullish(),
  ref_action: z.string().nullish(),
});
export type EventAnswer = z.infer<typeof eventAnswer>;

export const userAnswer = user;

export const settingsAnswer = z.object({ max_response_items: z.number().int().positive() });

export const versionAnswer = z.object({ version: z.string() });

export const projectAnswer = z.object({
  id: z.number().int(),
  title: z.string(),
  state: z.enum(['open', 'closed']).nullish(),
  is_closed: z.boolean().nullish(),
});

export const columnAnswer = z.object({
  id: z.number().int(),
  title: z.string(),
  sorting: z.number().int().nullish(),
});

/** Checks what a server answered. Throws Corrupt `HTTP_RESPONSE_INVALID` with `details.field` naming what is wrong. */
export function readAnswer<T>(schema: z.ZodType<T>, body: unknown, what: string): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = (issue?.path ?? []).map(String).join('.');
  throw new Corrupt(
    'HTTP_RESPONSE_INVALID',
    `the server's answer to ${what} is not what its API promises: ${field === '' ? 'the whole' : field}: ${issue?.message ?? 'invalid'}`,
    { details: { field, request: what } },
  );
}
