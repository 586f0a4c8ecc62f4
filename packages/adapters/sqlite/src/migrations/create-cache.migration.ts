import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Entries of the cache, the log of what is not valid any more, and leases. */
export class CreateCache1795219200006 implements MigrationInterface {
  readonly name = 'CreateCache1795219200006';

  async up(runner: QueryRunner): Promise<void> {
    // No reference and no trigger leads here: an entry may go at any time.
    await runner.query(`CREATE TABLE "cache" (
      "id" integer CONSTRAINT "cache_pk" PRIMARY KEY NOT NULL,
      "key" text NOT NULL,
      "version" integer NOT NULL,
      "expires_at" integer,
      "bytes" integer NOT NULL,
      "body" blob NOT NULL
    )`);
    await runner.query('CREATE UNIQUE INDEX "cache_by_key" ON "cache" ("key")');
    await runner.query('CREATE INDEX "cache_by_expires_at" ON "cache" ("expires_at")');
    await runner.query(`CREATE TABLE "cache_invalidations" (
      "position" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "name" text NOT NULL,
      "invalidated_at" integer NOT NULL
    )`);
    await runner.query('CREATE UNIQUE INDEX "cache_invalidations_by_name" ON "cache_invalidations" ("name")');
    // The first position is the time, so a database made anew begins above all that was. What is kept elsewhere for an
    // earlier position is invalid: this row says so.
    const now = Date.now();
    await runner.query(
      `INSERT INTO "cache_invalidations"("position", "name", "invalidated_at") VALUES (?, '', ?)`,
      [now * 1000, now],
    );
    await runner.query(`CREATE TABLE "cache_leases" (
      "name" text CONSTRAINT "cache_leases_pk" PRIMARY KEY NOT NULL,
      "token" text NOT NULL,
      "held_until" integer NOT NULL,
      "failure" text
    )`);
    // They told the process they came from to forget, which has ended.
    await runner.query(`DELETE FROM "outbox" WHERE "kind" = 'cache-invalidate'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['cache', 'cache_invalidations', 'cache_leases']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}
