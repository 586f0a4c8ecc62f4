import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of issues, of the embedded tracker and of mirrors, each row under its source, and their full-text index. */
export class CreateIssues1795219200004 implements MigrationInterface {
  readonly name = 'CreateIssues1795219200004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['issue_search', 'issues', ...others]) await runner.query(`DROP TABLE "${table}"`);
  }
}

const others = [
  'issue_labels',
  'issue_assignees',
  'issue_comments',
  'issue_events',
  'issue_dependencies',
  'tracker_labels',
  'tracker_milestones',
  'trackers',
];

const insert = `INSERT INTO issue_search(rowid, title, body, comment_text)
  VALUES (new.id, new.title, new.body, new.comment_text)`;
const remove = `INSERT INTO issue_search(issue_search, rowid, title, body, comment_text)
  VALUES ('delete', old.id, old.title, old.body, old.comment_text)`;

const statements = [
  `CREATE TABLE "issues" (
    "id" integer NOT NULL,
    "source" text NOT NULL,
    "number" integer NOT NULL,
    "state" text NOT NULL,
    "author" text NOT NULL,
    "milestone" text,
    "assignees" integer NOT NULL,
    "comments" integer NOT NULL,
    "created_at" text NOT NULL,
    "updated_at" text NOT NULL,
    "facts" text NOT NULL,
    "title" text NOT NULL,
    "body" text NOT NULL,
    "folded" text NOT NULL,
    "comment_text" text NOT NULL,
    CONSTRAINT "issues_pk" PRIMARY KEY ("id")
  )`,
  'CREATE UNIQUE INDEX "issues_by_number" ON "issues" ("source", "number")',
  'CREATE INDEX "issues_by_created_at" ON "issues" ("source", "created_at", "number")',
  'CREATE INDEX "issues_by_updated_at" ON "issues" ("source", "updated_at", "number")',
  'CREATE INDEX "issues_by_comments" ON "issues" ("source", "comments", "number")',
  'CREATE INDEX "issues_by_state" ON "issues" ("source", "state", "number")',
  'CREATE INDEX "issues_by_state_and_updated_at" ON "issues" ("source", "state", "updated_at", "number")',
  'CREATE INDEX "issues_by_author" ON "issues" ("source", "author", "number")',
  'CREATE INDEX "issues_by_milestone" ON "issues" ("source", "milestone", "number")',
  `CREATE TABLE "issue_labels" (
    "source" text NOT NULL,
    "label" text NOT NULL,
    "number" integer NOT NULL,
    CONSTRAINT "issue_labels_pk" PRIMARY KEY ("source", "label", "number")
  ) WITHOUT ROWID`,
  'CREATE INDEX "issue_labels_by_issue" ON "issue_labels" ("source", "number")',
  `CREATE TABLE "issue_assignees" (
    "source" text NOT NULL,
    "assignee" text NOT NULL,
    "number" integer NOT NULL,
    CONSTRAINT "issue_assignees_pk" PRIMARY KEY ("source", "assignee", "number")
  ) WITHOUT ROWID`,
  'CREATE INDEX "issue_assignees_by_issue" ON "issue_assignees" ("source", "number")',
  `CREATE TABLE "issue_comments" (
    "source" text NOT NULL,
    "number" integer NOT NULL,
    "position" integer NOT NULL,
    "id" integer NOT NULL,
    "author" text NOT NULL,
    "created_at" text NOT NULL,
    "updated_at" text NOT NULL,
    "body" text NOT NULL,
    CONSTRAINT "issue_comments_pk" PRIMARY KEY ("source", "number", "position")
  ) WITHOUT ROWID`,
  `CREATE TABLE "issue_events" (
    "source" text NOT NULL,
    "number" integer NOT NULL,
    "id" integer NOT NULL,
    "type" text NOT NULL,
    "author" text NOT NULL,
    "at" text NOT NULL,
    "details" text NOT NULL,
    "body" text,
    CONSTRAINT "issue_events_pk" PRIMARY KEY ("source", "number", "id")
  ) WITHOUT ROWID`,
  `CREATE TABLE "issue_dependencies" (
    "source" text NOT NULL,
    "number" integer NOT NULL,
    "blocker" integer NOT NULL,
    CONSTRAINT "issue_dependencies_pk" PRIMARY KEY ("source", "number", "blocker")
  ) WITHOUT ROWID`,
  'CREATE INDEX "issue_dependencies_by_blocker" ON "issue_dependencies" ("source", "blocker", "number")',
  `CREATE TABLE "trackers" (
    "source" text NOT NULL,
    "last_number" integer NOT NULL,
    "last_id" integer NOT NULL,
    "progress" text NOT NULL,
    CONSTRAINT "trackers_pk" PRIMARY KEY ("source")
  )`,
  `CREATE TABLE "tracker_labels" (
    "source" text NOT NULL,
    "name" text NOT NULL,
    "label" text NOT NULL,
    CONSTRAINT "tracker_labels_pk" PRIMARY KEY ("source", "name")
  ) WITHOUT ROWID`,
  `CREATE TABLE "tracker_milestones" (
    "source" text NOT NULL,
    "title" text NOT NULL,
    "milestone" text NOT NULL,
    CONSTRAINT "tracker_milestones_pk" PRIMARY KEY ("source", "title")
  ) WITHOUT ROWID`,
  // Like that of documents: no second copy of the texts, kept in step by triggers.
  `CREATE VIRTUAL TABLE "issue_search" USING fts5(
    title, body, comment_text,
    content='issues', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
  )`,
  `CREATE TRIGGER "issue_search_insert" AFTER INSERT ON "issues" BEGIN ${insert}; END`,
  `CREATE TRIGGER "issue_search_delete" AFTER DELETE ON "issues" BEGIN ${remove}; END`,
  `CREATE TRIGGER "issue_search_update" AFTER UPDATE ON "issues"
    WHEN old.title IS NOT new.title OR old.body IS NOT new.body OR old.comment_text IS NOT new.comment_text
    BEGIN ${remove}; ${insert}; END`,
];
