import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSchema, SqliteAdministration, SqliteConnection } from '@markitect/adapter-sqlite';
import { cell, table } from './markdown.mjs';

/** The page of all tables, from a database that the migrations have just made. */
export async function schemaPage() {
  const tables = await madeSchema();
  return `# The schema of the database

SQLite, in \`markitect.db\` of the data directory; [how to look after it](../guides/database.md). \`markitect db diagram\` draws
the tables of a database as they are. Full-text indexes are tables of their own, kept in step by triggers.

\`\`\`mermaid
${drawSchema(tables, 'mermaid')}\`\`\`

${tables.map(section).join('\n\n')}
`;
}

async function madeSchema() {
  const folder = await mkdtemp(join(tmpdir(), 'markitect-docs-'));
  const connection = new SqliteConnection({ file: join(folder, 'markitect.db'), readers: 1 });
  try {
    await connection.open();
    await connection.migrate();
    return await new SqliteAdministration(connection).schema();
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function section({ name, columns, indexes, references, searches }) {
  const parts = [`## ${name}`];
  if (searches !== undefined) parts.push(`The full texts of [${searches}](#${searches}).`);
  parts.push(
    table(
      ['Column', 'Type', 'Key', 'Required'],
      columns.map((column) => [
        `\`${column.name}\``,
        cell(column.type.toLowerCase()),
        column.key > 0
          ? `primary${columns.filter(({ key }) => key > 0).length > 1 ? ` ${column.key}` : ''}`
          : '',
        column.isRequired || column.key > 0 ? 'yes' : '',
      ]),
    ),
  );
  const lines = [
    ...references.map(
      ({ columns: own, table: other, to, onDelete }) =>
        `- ${code(own)} refers to ${code(to)} of [${other}](#${other})${onDelete === 'CASCADE' ? ', and goes with it' : ''}`,
    ),
    ...indexes.map(
      ({ name: index, columns: of, isUnique, where }) =>
        `- ${isUnique ? 'unique ' : ''}index \`${index}\` of ${code(of)}${where === undefined ? '' : ` where \`${cell(where)}\``}`,
    ),
  ];
  if (lines.length > 0) parts.push(lines.join('\n'));
  return parts.join('\n\n');
}

function code(names) {
  return names.map((name) => `\`${name}\``).join(', ');
}
