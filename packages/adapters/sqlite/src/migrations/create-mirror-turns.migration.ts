import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose turn it is to fill the mirror of a tracker; times in milliseconds since 1970. */
export class CreateMirrorTurns1795219200010 implements MigrationInterface {
  readonly name = 'CreateMirrorTurns1795219200010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "mirror_turns" (
      "source" text NOT NULL,
      "token" text NOT NULL,
      "holder" text NOT NULL,
      "host" text NOT NULL,
      "pid" integer NOT NULL,
      "since" integer NOT NULL,
      "held_until" integer NOT NULL,
      CONSTRAINT "mirror_turns_pk" PRIMARY KEY ("source")
    ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "mirror_turns"');
  }
}
