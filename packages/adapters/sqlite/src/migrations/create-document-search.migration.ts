import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The full-text index. It keeps no second copy of the texts (external content) and is kept in step by triggers, so
 * that no write to `documents` can forget it. A change that leaves the three texts alone does not touch it.
 */
export class CreateDocumentSearch1795219200001 implements MigrationInterface {
  readonly name = 'CreateDocumentSearch1795219200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE VIRTUAL TABLE "document_search" USING fts5(
      title, heading_text, text,
      content='documents', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
    )`);
    await runner.query(
      `CREATE TRIGGER "document_search_insert" AFTER INSERT ON "documents" BEGIN ${insert}; END`,
    );
    await runner.query(
      `CREATE TRIGGER "document_search_delete" AFTER DELETE ON "documents" BEGIN ${remove}; END`,
    );
    await runner.query(`CREATE TRIGGER "document_search_update" AFTER UPDATE ON "documents"
      WHEN old.title IS NOT new.title OR old.heading_text IS NOT new.heading_text OR old.text IS NOT new.text
      BEGIN ${remove}; ${insert}; END`);
    await runner.query(`INSERT INTO document_search(document_search) VALUES ('rebuild')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER "document_search_update"');
    await runner.query('DROP TRIGGER "document_search_delete"');
    await runner.query('DROP TRIGGER "document_search_insert"');
    await runner.query('DROP TABLE "document_search"');
  }
}

const insert = `INSERT INTO document_search(rowid, title, heading_text, text)
  VALUES (new.id, new.title, new.heading_text, new.text)`;
const remove = `INSERT INTO document_search(document_search, rowid, title, heading_text, text)
  VALUES ('delete', old.id, old.title, old.heading_text, old.text)`;
