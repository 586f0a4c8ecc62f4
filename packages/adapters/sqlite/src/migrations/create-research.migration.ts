import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Searches, their sources and results, and rate limits. */
export class CreateResearch1795219200011 implements MigrationInterface {
  readonly name = 'CreateResearch1795219200011';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['search_results', 'scraping_jobs', 'searches', 'rate_limits']) {
      await runner.query(`DROP TABLE "${table}"`);
    }
  }
}

const statements = [
  `CREATE TABLE "searches" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "question" text NOT NULL,
    "sources" text NOT NULL CHECK (json_valid("sources")),
    "status" text NOT NULL,
    "max_results" integer NOT NULL,
    "rerun_of" integer,
    "document" text,
    "created_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "finished_at" integer,
    CONSTRAINT "searches_rerun_of" FOREIGN KEY ("rerun_of") REFERENCES "searches" ("id") ON DELETE SET NULL
  )`,
  'CREATE INDEX "searches_by_status" ON "searches" ("status")',
  'CREATE INDEX "searches_by_rerun_of" ON "searches" ("rerun_of")',
  `CREATE TABLE "scraping_jobs" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "search_id" integer NOT NULL,
    "position" integer NOT NULL,
    "source" text NOT NULL,
    "status" text NOT NULL,
    "task_id" integer,
    "found" integer NOT NULL,
    "done" integer NOT NULL,
    "total" integer,
    "problem_count" integer NOT NULL,
    "created_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "started_at" integer,
    "finished_at" integer,
    "failure" text CHECK (json_valid("failure")),
    "checkpoint" text CHECK (json_valid("checkpoint")),
    "problems" text NOT NULL CHECK (json_valid("problems")),
    CONSTRAINT "scraping_jobs_of_search" FOREIGN KEY ("search_id") REFERENCES "searches" ("id") ON DELETE CASCADE
  )`,
  'CREATE UNIQUE INDEX "scraping_jobs_by_position" ON "scraping_jobs" ("search_id", "position")',
  'CREATE UNIQUE INDEX "scraping_jobs_by_source" ON "scraping_jobs" ("search_id", "source")',
  `CREATE TABLE "search_results" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "search_id" integer NOT NULL,
    "job_id" integer NOT NULL,
    "place" integer NOT NULL,
    "duplicate_of" integer,
    "score" real NOT NULL,
    "found_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "reference" text NOT NULL,
    "fingerprint" text NOT NULL,
    "title" text NOT NULL,
    "location" text NOT NULL,
    "snippet" text NOT NULL,
    "analysis" text CHECK (json_valid("analysis")),
    CONSTRAINT "search_results_of_search" FOREIGN KEY ("search_id") REFERENCES "searches" ("id") ON DELETE CASCADE,
    CONSTRAINT "search_results_of_job" FOREIGN KEY ("job_id") REFERENCES "scraping_jobs" ("id") ON DELETE CASCADE
  )`,
  'CREATE INDEX "search_results_by_search" ON "search_results" ("search_id", "place")',
  'CREATE INDEX "search_results_by_job" ON "search_results" ("job_id", "place")',
  'CREATE UNIQUE INDEX "search_results_by_reference" ON "search_results" ("job_id", "reference")',
  `CREATE TABLE "rate_limits" (
    "id" integer PRIMARY KEY AUTOINCREMENT NOT NULL,
    "scraper_name" text NOT NULL,
    "per_second" real,
    "burst" integer NOT NULL,
    "used_until" real NOT NULL,
    "held_until" real NOT NULL,
    "created_at" integer NOT NULL,
    "updated_at" integer NOT NULL,
    "lanes" text NOT NULL CHECK (json_valid("lanes"))
  )`,
  'CREATE UNIQUE INDEX "rate_limits_by_scraper_name" ON "rate_limits" ("scraper_name")',
];
