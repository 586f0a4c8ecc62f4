import { describe, expect, it } from '@jest/globals';
import { EntitySchema } from 'typeorm';
import { documentLinkTable, documentTable, documentTagTable } from './document.schema.js';

describe('the tables', () => {
  it('are what TypeORM takes for entities, with the columns of their rows', () => {
    const tables = [
      new EntitySchema(documentTable),
      new EntitySchema(documentTagTable),
      new EntitySchema(documentLinkTable),
    ].map(({ options }) => [options.tableName, Object.keys(options.columns).length]);
    expect(tables).toEqual([
      ['documents', 17],
      ['document_tags', 2],
      ['document_links', 8],
    ]);
  });

  it('keep the large columns last, behind all that a listing reads', () => {
    const columns = Object.keys(documentTable.columns);
    expect(columns.slice(-3)).toEqual(['content', 'heading_text', 'text']);
  });

  it('let tags and links go with their document', () => {
    for (const table of [documentTagTable, documentLinkTable]) {
      expect(table.foreignKeys).toEqual([
        expect.objectContaining({ target: 'DocumentRow', onDelete: 'CASCADE' }),
      ]);
    }
  });
});
