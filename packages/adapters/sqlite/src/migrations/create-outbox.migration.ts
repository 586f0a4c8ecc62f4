import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What committed units of work have left to be done: files, invalidations and messages. */
export class CreateOutbox1795219200002 implements MigrationInterface {
  readonly name = 'CreateOutbox1795219200002';

  async up(runner: QueryRunner): Promise<void> {
    // Numbers are never used again: a receiver may tell by them which messages it has had.
    await runner.query(`CREATE TABLE "outbox" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "unit" text NOT NULL,
      "kind" text NOT NULL,
      "root" text NOT NULL,
      "target" text NOT NULL,
      "target_key" text NOT NULL,
      "payload" text NOT NULL,
      "created_at" text NOT NULL
    )`);
    await runner.query(
      'CREATE INDEX "outbox_by_target" ON "outbox" ("kind", "root", "target_key", "target")',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "outbox"');
  }
}
