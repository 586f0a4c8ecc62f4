import type { TableSchema } from '../documents/document.schema.js';

/** A row of `issues`. The tracker it belongs to is named by its source. */
export interface IssueRow {
  id: number;
  source: string;
  number: number;
  state: string;
  author: string;
  milestone: string | null;
  /** How many users it is assigned to. */
  assignees: number;
  comments: number;
  created_at: string;
  updated_at: string;
  /** JSON: the issue without title and body. */
  facts: string;
  title: string;
  body: string;
  /** Title and body in lower case: what the words of a query are looked for in. */
  folded: string;
  /** All that was said about it. */
  comment_text: string;
}

/** A row of `issue_labels`: one label of one issue. */
export interface IssueLabelRow {
  source: string;
  label: string;
  number: number;
}

/** A row of `issue_assignees`: one user one issue is assigned to. */
export interface IssueAssigneeRow {
  source: string;
  assignee: string;
  number: number;
}

/** A row of `issue_comments`. */
export interface IssueCommentRow {
  source: string;
  number: number;
  /** Orders the comments of an issue. */
  position: number;
  id: number;
  author: string;
  created_at: string;
  updated_at: string;
  body: string;
}

/** A row of `issue_events`. */
export interface IssueEventRow {
  source: string;
  number: number;
  id: number;
  type: string;
  author: string;
  at: string;
  /** JSON. */
  details: string;
  body: string | null;
}

/** A row of `issue_dependencies`: the issue waits for the blocker. */
export interface IssueDependencyRow {
  source: string;
  number: number;
  blocker: number;
}

/** A row of `trackers`: what was given out last, and how far a mirror is. */
export interface TrackerRow {
  source: string;
  last_number: number;
  last_id: number;
  /** JSON: a `MirrorProgress`. */
  progress: string;
}

/** A row of `tracker_labels`. */
export interface TrackerLabelRow {
  source: string;
  name: string;
  /** JSON. */
  label: string;
}

/** A row of `tracker_milestones`. */
export interface TrackerMilestoneRow {
  source: string;
  title: string;
  /** JSON. */
  milestone: string;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

/** The columns of a primary key. */
function key<Type extends { readonly type: 'text' | 'integer' }>(type: Type, name: string) {
  return { ...type, primary: true, primaryKeyConstraintName: name } as const;
}

/** The table of issues: an index for each order, and for each filter that leaves few. The large columns come last. */
export const issueTable: TableSchema<IssueRow> = {
  name: 'IssueRow',
  tableName: 'issues',
  columns: {
    id: key(integer, 'issues_pk'),
    source: text,
    number: integer,
    state: text,
    author: text,
    milestone: { ...text, nullable: true },
    assignees: integer,
    comments: integer,
    created_at: text,
    updated_at: text,
    facts: text,
    title: text,
    body: text,
    folded: text,
    comment_text: text,
  },
  indices: [
    { name: 'issues_by_number', columns: ['source', 'number'], unique: true },
    { name: 'issues_by_created_at', columns: ['source', 'created_at', 'number'] },
    { name: 'issues_by_updated_at', columns: ['source', 'updated_at', 'number'] },
    { name: 'issues_by_comments', columns: ['source', 'comments', 'number'] },
    { name: 'issues_by_state', columns: ['source', 'state', 'number'] },
    { name: 'issues_by_state_and_updated_at', columns: ['source', 'state', 'updated_at', 'number'] },
    { name: 'issues_by_author', columns: ['source', 'author', 'number'] },
    { name: 'issues_by_milestone', columns: ['source', 'milestone', 'number'] },
  ],
};

/** The table that finds issues by label. */
export const issueLabelTable: TableSchema<IssueLabelRow> = {
  name: 'IssueLabelRow',
  tableName: 'issue_labels',
  columns: {
    source: key(text, 'issue_labels_pk'),
    label: key(text, 'issue_labels_pk'),
    number: key(integer, 'issue_labels_pk'),
  },
  indices: [{ name: 'issue_labels_by_issue', columns: ['source', 'number'] }],
};

/** The table that finds issues by assignee. */
export const issueAssigneeTable: TableSchema<IssueAssigneeRow> = {
  name: 'IssueAssigneeRow',
  tableName: 'issue_assignees',
  columns: {
    source: key(text, 'issue_assignees_pk'),
    assignee: key(text, 'issue_assignees_pk'),
    number: key(integer, 'issue_assignees_pk'),
  },
  indices: [{ name: 'issue_assignees_by_issue', columns: ['source', 'number'] }],
};

/** The table of comments. */
export const issueCommentTable: TableSchema<IssueCommentRow> = {
  name: 'IssueCommentRow',
  tableName: 'issue_comments',
  columns: {
    source: key(text, 'issue_comments_pk'),
    number: key(integer, 'issue_comments_pk'),
    position: key(integer, 'issue_comments_pk'),
    id: integer,
    author: text,
    created_at: text,
    updated_at: text,
    body: text,
  },
};

/** The table of what happened to issues. */
export const issueEventTable: TableSchema<IssueEventRow> = {
  name: 'IssueEventRow',
  tableName: 'issue_events',
  columns: {
    source: key(text, 'issue_events_pk'),
    number: key(integer, 'issue_events_pk'),
    id: key(integer, 'issue_events_pk'),
    type: text,
    author: text,
    at: text,
    details: text,
    body: { ...text, nullable: true },
  },
};

/** The table of what waits for what. */
export const issueDependencyTable: TableSchema<IssueDependencyRow> = {
  name: 'IssueDependencyRow',
  tableName: 'issue_dependencies',
  columns: {
    source: key(text, 'issue_dependencies_pk'),
    number: key(integer, 'issue_dependencies_pk'),
    blocker: key(integer, 'issue_dependencies_pk'),
  },
  indices: [{ name: 'issue_dependencies_by_blocker', columns: ['source', 'blocker', 'number'] }],
};

/** The table of trackers. */
export const trackerTable: TableSchema<TrackerRow> = {
  name: 'TrackerRow',
  tableName: 'trackers',
  columns: { source: key(text, 'trackers_pk'), last_number: integer, last_id: integer, progress: text },
};

/** The table of the labels that trackers define. */
export const trackerLabelTable: TableSchema<TrackerLabelRow> = {
  name: 'TrackerLabelRow',
  tableName: 'tracker_labels',
  columns: { source: key(text, 'tracker_labels_pk'), name: key(text, 'tracker_labels_pk'), label: text },
};

/** The table of the milestones that trackers define. */
export const trackerMilestoneTable: TableSchema<TrackerMilestoneRow> = {
  name: 'TrackerMilestoneRow',
  tableName: 'tracker_milestones',
  columns: {
    source: key(text, 'tracker_milestones_pk'),
    title: key(text, 'tracker_milestones_pk'),
    milestone: text,
  },
};
