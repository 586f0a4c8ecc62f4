import {
  columnOf,
  type DocumentPath,
  type DocumentSummary,
  type Issue,
  type IssueComment,
  issueConditions,
  type IssueConditions,
  type IssueNumber,
  isMarkitectError,
  isWorkspaceSlug,
  type MarkitectError,
  NotFound,
  priorityOf,
  type WorkspaceManifest,
} from '@markitect/domain';
import type { IssuePorts, IssueServiceOptions } from './issue-ports.js';
import { cardProject, type CardProject } from './project-board.js';

const parts = ['comments', 'blockers', 'blocked', 'project', 'documents', 'workspace'] as const;

/** The parts of {@link IssueDetails} that come from elsewhere than the issue. */
export type IssuePart = (typeof parts)[number];

/** A document that says something of an issue. */
export type LinkedDocument = Pick<DocumentSummary, 'path' | 'title'>;

/** An issue with all that is known of it. */
export interface IssueDetails {
  readonly issue: Issue;
  /** The name of the column of the board in which it stands; absent: it stands in none. */
  readonly column?: string;
  /** The label that says how urgent it is. */
  readonly priority?: string;
  /**
   * The board of the tracker on which it is, where the tracker keeps boards. No copy has it: of an old answer it is never
   * told, and the column is by the rules.
   */
  readonly project?: CardProject;
  readonly comments: readonly IssueComment[];
  /** The issues it waits for, by number. */
  readonly blockers: readonly Issue[];
  /** The issues that wait for it, by number. */
  readonly blocked: readonly Issue[];
  readonly conditions: IssueConditions;
  /**
   * Those whose front matter names it under `issue` or `issues`, by path; then those whose text has `#42` or the
   * address of the issue, the best first. At most 50 of each.
   */
  readonly documents: readonly LinkedDocument[];
  /** The workspace that has its number as slug. */
  readonly workspace?: WorkspaceManifest;
  /** What could not be had because its source is down or slow. These parts are empty or absent above. */
  readonly missing: readonly { readonly part: IssuePart; readonly error: MarkitectError }[];
}

/**
 * Everything about an issue, all asked for at the same time. Throws NotFound `ISSUE_NOT_FOUND` and what getting the
 * issue itself throws; other parts that are Unavailable, RateLimited or out of time are reported as missing.
 */
export async function issueDetails(
  ports: IssuePorts,
  { rules, now }: Required<Pick<IssueServiceOptions, 'rules' | 'now'>>,
  number: IssueNumber,
): Promise<IssueDetails> {
  const missing: { part: IssuePart; error: MarkitectError }[] = [];
  const part = async <T>(name: IssuePart, answer: Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (!isMarkitectError(error)) throw error;
      // That there is no such issue is told by the issue itself.
      if (error.code === 'ISSUE_NOT_FOUND') return otherwise;
      if (!['Unavailable', 'Timeout', 'RateLimited'].includes(error.kind)) throw error;
      missing.push({ part: name, error });
      return otherwise;
    }
  };
  const { issues } = ports;
  const getting = requireIssue(ports, number);
  const slug = String(number);
  // The issue comes first: when it fails, that is what the caller is told.
  const [issue, rest] = await Promise.all([
    getting,
    Promise.allSettled([
      part('comments', issues.comments(number), []),
      part('blockers', issues.blockers(number), []),
      part('blocked', issues.blocked(number), []),
      part('project', cardProject(ports.projects, number), undefined),
      part('documents', linkedDocuments(ports, number, getting), []),
      part(
        'workspace',
        isWorkspaceSlug(slug) ? ports.workspaces.get(slug) : Promise.resolve(undefined),
        undefined,
      ),
    ]),
  ]);
  const [comments, blockers, blocked, project, documents, workspace] = rest;
  const value = <T>(settled: PromiseSettledResult<T>): T => {
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  };
  const placed = value(project);
  const column = placed?.column ?? columnOf(issue, rules)?.name;
  const priority = priorityOf(issue, rules);
  const manifest = value(workspace);
  return {
    issue,
    ...(column === undefined ? {} : { column }),
    ...(priority === undefined ? {} : { priority }),
    ...(placed === undefined ? {} : { project: placed }),
    comments: value(comments),
    blockers: value(blockers),
    blocked: value(blocked),
    conditions: issueConditions(issue, value(blockers), rules, now()),
    documents: value(documents),
    ...(manifest === undefined ? {} : { workspace: manifest }),
    missing: missing.sort((a, b) => parts.indexOf(a.part) - parts.indexOf(b.part)),
  };
}

/** The issue of a number. Throws NotFound `ISSUE_NOT_FOUND`. */
export async function requireIssue(
  { issues }: Pick<IssuePorts, 'issues'>,
  number: IssueNumber,
): Promise<Issue> {
  const issue = await issues.get(number);
  if (issue !== undefined) return issue;
  throw new NotFound('ISSUE_NOT_FOUND', `there is no issue #${number}`, { details: { number } });
}

/** As many documents with the number in their text are looked into. */
const MENTIONS = 50;

async function linkedDocuments(
  { documents }: Pick<IssuePorts, 'documents'>,
  number: IssueNumber,
  getting: Promise<Issue>,
): Promise<readonly LinkedDocument[]> {
  const text = String(number);
  const [issue, named, listed, found] = await Promise.all([
    getting.catch(() => undefined),
    documents.list({ frontMatter: { issue: text } }),
    documents.list({ frontMatter: { issues: text } }),
    // The number alone finds many; which of them mean the issue, only their texts say.
    documents.search({ terms: [{ words: [text], prefix: false, excluded: false }], limit: MENTIONS }),
  ]);
  const linked = new Map<string, LinkedDocument>();
  const byPath = [...named.items, ...listed.items].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, title } of byPath) linked.set(path, { path, title });
  const others = found.items.map(({ path }) => path as DocumentPath).filter((path) => !linked.has(path));
  const mentions = new RegExp(
    [
      `(?<![\\w#&/])#${text}(?!\\w)`,
      ...(issue?.url === undefined ? [] : [`${escaped(issue.url)}(?!\\w)`]),
    ].join('|'),
  );
  for (const document of await documents.getMany(others)) {
    if (document !== undefined && mentions.test(document.content)) {
      linked.set(document.path, { path: document.path, title: document.title });
    }
  }
  return [...linked.values()];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
