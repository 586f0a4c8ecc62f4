import type { MigrationInterface, QueryRunner } from 'typeorm';

const stages = `('legacy', 'mirror', 'served', 'modern', 'complete')`;
const sides = `('legacy', 'modern')`;

/** The state of cutovers: stages, marks, the processes that make them, the log, what was measured. */
export class CreateCutover1795219200013 implements MigrationInterface {
  readonly name = 'CreateCutover1795219200013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "cutover_components" (
      "name" text NOT NULL,
      "stage" text NOT NULL CHECK ("stage" IN ${stages}),
      "percent" real NOT NULL,
      "epoch" integer NOT NULL,
      "switching_to" text CHECK ("switching_to" IN ${stages}),
      "switching_token" text,
      "switching_process" text,
      "changed_at" integer NOT NULL,
      "forgotten_at" integer NOT NULL,
      "limits" text NOT NULL CHECK (json_valid("limits")),
      "backfill" text CHECK (json_valid("backfill")),
      "diff" text CHECK (json_valid("diff")),
      CONSTRAINT "cutover_components_pk" PRIMARY KEY ("name")
    )`);
    await runner.query(`CREATE TABLE "cutover_marks" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "component" text NOT NULL,
      "key" text NOT NULL,
      "token" text NOT NULL,
      "process" text NOT NULL,
      "source" text NOT NULL CHECK ("source" IN ${sides}),
      "overlapped" integer NOT NULL,
      "attempts" integer NOT NULL,
      "retry_at" integer NOT NULL,
      "created_at" integer NOT NULL,
      "failure" text CHECK (json_valid("failure"))
    )`);
    await runner.query(`CREATE TABLE "cutover_processes" (
      "name" text NOT NULL,
      "alive_until" integer NOT NULL,
      CONSTRAINT "cutover_processes_pk" PRIMARY KEY ("name")
    )`);
    await runner.query(`CREATE TABLE "cutover_log" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "component" text NOT NULL,
      "at" integer NOT NULL,
      "who" text NOT NULL,
      "action" text NOT NULL,
      "why" text NOT NULL,
      "from_stage" text NOT NULL,
      "from_percent" real NOT NULL,
      "to_stage" text NOT NULL,
      "to_percent" real NOT NULL
    )`);
    await runner.query(`CREATE TABLE "cutover_tallies" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "component" text NOT NULL,
      "at" integer NOT NULL,
      "side" text NOT NULL CHECK ("side" IN ${sides}),
      "operations" integer NOT NULL,
      "errors" integer NOT NULL,
      "compared" integer NOT NULL,
      "mismatched" integer NOT NULL,
      "median_ms" real
    )`);
    await runner.query(`CREATE TABLE "cutover_mismatches" (
      "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
      "component" text NOT NULL,
      "at" integer NOT NULL,
      "operation" text NOT NULL,
      "key" text,
      "fields" text NOT NULL CHECK (json_valid("fields"))
    )`);
    for (const statement of indexes) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['mismatches', 'tallies', 'log', 'processes', 'marks', 'components']) {
      await runner.query(`DROP TABLE "cutover_${table}"`);
    }
  }
}

const indexes = [
  'CREATE UNIQUE INDEX "cutover_marks_by_key" ON "cutover_marks" ("component", "key", "token")',
  // What is due, and whether anything is carried over.
  'CREATE INDEX "cutover_marks_by_source" ON "cutover_marks" ("component", "source", "retry_at")',
  `CREATE INDEX "cutover_marks_in_flight" ON "cutover_marks" ("component", "process") WHERE "token" <> ''`,
  'CREATE INDEX "cutover_log_by_component" ON "cutover_log" ("component", "id")',
  'CREATE INDEX "cutover_tallies_by_component" ON "cutover_tallies" ("component", "at")',
  'CREATE INDEX "cutover_tallies_by_at" ON "cutover_tallies" ("at")',
  'CREATE INDEX "cutover_mismatches_by_component" ON "cutover_mismatches" ("component", "id")',
];
