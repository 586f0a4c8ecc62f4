import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Profiles and configuration, conversations with their messages, and events. */
export class CreatePeople1795219200014 implements MigrationInterface {
  readonly name = 'CreatePeople1795219200014';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['analytics_events', 'messages', 'conversations', 'configuration', 'profiles']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

const recordTable = (name: string): string[] => [
  `CREATE TABLE "${name}" (
    "id" integer NOT NULL,
    "key" text NOT NULL,
    "version" integer NOT NULL,
    "created_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "value" text NOT NULL,
    CONSTRAINT "${name}_pk" PRIMARY KEY ("id")
  )`,
  `CREATE UNIQUE INDEX "${name}_by_key" ON "${name}" ("key")`,
];

const statements = [
  ...recordTable('profiles'),
  ...recordTable('configuration'),
  `CREATE TABLE "conversations" (
    "id" integer NOT NULL,
    "key" text NOT NULL,
    "user_id" text NOT NULL,
    "title" text,
    "messages" integer NOT NULL,
    "created_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "metadata" text NOT NULL,
    CONSTRAINT "conversations_pk" PRIMARY KEY ("id")
  )`,
  'CREATE UNIQUE INDEX "conversations_by_key" ON "conversations" ("key")',
  'CREATE INDEX "conversations_by_user" ON "conversations" ("user_id", "key")',
  `CREATE TABLE "messages" (
    "conversation_id" integer NOT NULL,
    "position" integer NOT NULL,
    "key" text NOT NULL,
    "role" text NOT NULL,
    "at" integer NOT NULL,
    "metadata" text NOT NULL,
    "content" text NOT NULL,
    CONSTRAINT "messages_pk" PRIMARY KEY ("conversation_id", "position"),
    CONSTRAINT "messages_of_conversation" FOREIGN KEY ("conversation_id") REFERENCES "conversations" ("id") ON DELETE CASCADE
  )`,
  'CREATE UNIQUE INDEX "messages_by_key" ON "messages" ("conversation_id", "key")',
  `CREATE TABLE "analytics_events" (
    "id" integer NOT NULL,
    "key" text NOT NULL,
    "type" text NOT NULL,
    "user_id" text,
    "at" integer NOT NULL,
    "properties" text NOT NULL,
    CONSTRAINT "analytics_events_pk" PRIMARY KEY ("id")
  )`,
  'CREATE UNIQUE INDEX "analytics_events_by_key" ON "analytics_events" ("key")',
  'CREATE INDEX "analytics_events_by_at" ON "analytics_events" ("at", "key")',
  'CREATE INDEX "analytics_events_by_type" ON "analytics_events" ("type", "at", "key")',
  'CREATE INDEX "analytics_events_by_user" ON "analytics_events" ("user_id", "at", "key")',
];
