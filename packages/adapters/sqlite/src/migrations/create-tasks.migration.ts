import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tasks, the pauses and limits they begin within, and the schedules that make them. */
export class CreateTasks1795219200012 implements MigrationInterface {
  readonly name = 'CreateTasks1795219200012';

  async up(runner: QueryRunner): Promise<void> {
    // Numbers are never used again: the fences of tasks of one number would begin anew.
    await runner.query(`CREATE TABLE "task_queue" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "type" text NOT NULL,
      "status" text NOT NULL CHECK ("status" IN ('delayed', 'waiting', 'running', 'completed', 'cancelled', 'dead')),
      "priority" integer NOT NULL,
      "run_at" integer NOT NULL,
      "attempts" integer NOT NULL,
      "max_attempts" integer NOT NULL,
      "fence" integer NOT NULL,
      "limit_key" text NOT NULL,
      "unique_key" text,
      "worker" text,
      "lease_until" integer,
      "cancel_requested" integer NOT NULL,
      "schedule" text,
      "created_at" integer NOT NULL,
      "updated_at" integer NOT NULL,
      "started_at" integer,
      "finished_at" integer,
      "failure" text CHECK (json_valid("failure")),
      "progress" text CHECK (json_valid("progress")),
      "result" text CHECK (json_valid("result")),
      "payload" text NOT NULL CHECK (json_valid("payload"))
    )`);
    for (const statement of indexes) await runner.query(statement);
    await runner.query(
      `CREATE TABLE "task_pauses" ("type" text NOT NULL, CONSTRAINT "task_pauses_pk" PRIMARY KEY ("type"))`,
    );
    await runner.query(`CREATE TABLE "task_limits" (
      "key" text NOT NULL,
      "concurrency" integer,
      "per_second" real,
      "burst" integer,
      CONSTRAINT "task_limits_pk" PRIMARY KEY ("key")
    )`);
    await runner.query(`CREATE TABLE "task_schedules" (
      "name" text NOT NULL,
      "cron" text NOT NULL,
      "time_zone" text NOT NULL,
      "next_run_at" integer NOT NULL,
      "last_run_at" integer,
      "task" text NOT NULL CHECK (json_valid("task")),
      CONSTRAINT "task_schedules_pk" PRIMARY KEY ("name")
    )`);
    await runner.query('CREATE INDEX "task_schedules_by_next_run_at" ON "task_schedules" ("next_run_at")');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['task_schedules', 'task_limits', 'task_pauses', 'task_queue']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

/** A task that waits is in one index, so that adding one is cheap: each index costs a page of every small commit. */
const indexes = [
  // Who is next: the first of each type and limit key, of which some may not begin.
  `CREATE INDEX "task_queue_by_turn" ON "task_queue" ("status", "type", "limit_key", "priority" DESC, "id", "run_at")
    WHERE "status" = 'waiting'`,
  `CREATE INDEX "task_queue_by_run_at" ON "task_queue" ("run_at") WHERE "status" = 'delayed'`,
  `CREATE INDEX "task_queue_by_lease" ON "task_queue" ("limit_key", "lease_until") WHERE "status" = 'running'`,
  `CREATE INDEX "task_queue_by_type" ON "task_queue" ("type", "status", "id") WHERE "finished_at" IS NOT NULL`,
  `CREATE INDEX "task_queue_by_finished_at" ON "task_queue" ("status", "finished_at") WHERE "finished_at" IS NOT NULL`,
  `CREATE UNIQUE INDEX "task_queue_by_unique_key" ON "task_queue" ("unique_key")
    WHERE "unique_key" IS NOT NULL AND "status" IN ('delayed', 'waiting', 'running')`,
];
