import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of documents, their tags and their links. */
export class CreateDocuments1795219200000 implements MigrationInterface {
  // Not the class's own name: that would not survive a bundler that renames classes.
  readonly name = 'CreateDocuments1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "document_links"');
    await runner.query('DROP TABLE "document_tags"');
    await runner.query('DROP TABLE "documents"');
  }
}

const statements = [
  `CREATE TABLE "documents" (
    "id" integer NOT NULL,
    "path" text NOT NULL,
    "link_key" text NOT NULL,
    "title" text NOT NULL,
    "tags" text NOT NULL,
    "hash" text NOT NULL,
    "bytes" integer NOT NULL,
    "revision" integer NOT NULL,
    "created_at" text NOT NULL,
    "updated_at" text NOT NULL,
    "source" text,
    "front_matter" text NOT NULL,
    "headings" text NOT NULL,
    "anchors" text NOT NULL,
    "content" text NOT NULL,
    "heading_text" text NOT NULL,
    "text" text NOT NULL,
    CONSTRAINT "documents_pk" PRIMARY KEY ("id")
  )`,
  'CREATE UNIQUE INDEX "documents_by_path" ON "documents" ("path")',
  'CREATE INDEX "documents_by_title" ON "documents" ("title", "path")',
  'CREATE INDEX "documents_by_updated_at" ON "documents" ("updated_at", "path")',
  'CREATE INDEX "documents_by_bytes" ON "documents" ("bytes", "path")',
  'CREATE INDEX "documents_by_link_key" ON "documents" ("link_key")',
  'CREATE INDEX "documents_by_source" ON "documents" ("source")',
  'CREATE INDEX "documents_by_hash" ON "documents" ("hash")',
  `CREATE TABLE "document_tags" (
    "document_id" integer NOT NULL,
    "tag" text NOT NULL,
    CONSTRAINT "document_tags_of_document" FOREIGN KEY ("document_id") REFERENCES "documents" ("id") ON DELETE CASCADE,
    CONSTRAINT "document_tags_pk" PRIMARY KEY ("document_id", "tag")
  ) WITHOUT ROWID`,
  'CREATE INDEX "document_tags_by_tag" ON "document_tags" ("tag", "document_id")',
  `CREATE TABLE "document_links" (
    "document_id" integer NOT NULL,
    "position" integer NOT NULL,
    "href" text NOT NULL,
    "text" text NOT NULL,
    "line" integer NOT NULL,
    "kind" text NOT NULL,
    "target" text,
    "fragment" text,
    CONSTRAINT "document_links_of_document" FOREIGN KEY ("document_id") REFERENCES "documents" ("id") ON DELETE CASCADE,
    CONSTRAINT "document_links_pk" PRIMARY KEY ("document_id", "position")
  ) WITHOUT ROWID`,
  'CREATE INDEX "document_links_by_target" ON "document_links" ("target", "document_id")',
];
