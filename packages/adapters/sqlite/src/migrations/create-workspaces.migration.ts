import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of workspaces: one row for each slug. */
export class CreateWorkspaces1795219200003 implements MigrationInterface {
  readonly name = 'CreateWorkspaces1795219200003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE "workspaces" (
      "slug" text NOT NULL,
      "phase" text NOT NULL,
      "revision" integer NOT NULL,
      "manifest" text NOT NULL,
      CONSTRAINT "workspaces_pk" PRIMARY KEY ("slug")
    )`);
    await runner.query('CREATE INDEX "workspaces_by_phase" ON "workspaces" ("phase", "slug")');
    await runner.query(`CREATE TABLE "workspace_checksums" (
      "checksum" text NOT NULL,
      "slug" text NOT NULL,
      CONSTRAINT "workspace_checksums_pk" PRIMARY KEY ("checksum", "slug")
    ) WITHOUT ROWID`);
    await runner.query('CREATE INDEX "workspace_checksums_by_slug" ON "workspace_checksums" ("slug")');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE "workspace_checksums"');
    await runner.query('DROP TABLE "workspaces"');
  }
}
