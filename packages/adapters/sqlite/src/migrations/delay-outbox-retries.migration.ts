import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often the receiver of a message has failed, and until when (milliseconds since 1970) it is left alone. */
export class DelayOutboxRetries1795219200005 implements MigrationInterface {
  readonly name = 'DelayOutboxRetries1795219200005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "outbox" ADD COLUMN "attempts" integer NOT NULL DEFAULT 0');
    await runner.query('ALTER TABLE "outbox" ADD COLUMN "retry_at" integer NOT NULL DEFAULT 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE "outbox" DROP COLUMN "retry_at"');
    await runner.query('ALTER TABLE "outbox" DROP COLUMN "attempts"');
  }
}
