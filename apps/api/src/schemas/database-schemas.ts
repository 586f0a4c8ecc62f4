import { z } from 'zod';

/** What the API says of the database. */

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });
const names = (description: string, example: string) =>
  z
    .array(z.string())
    .readonly()
    .meta({ description, examples: [[example]] });

const index = z.object({
  name: z.string().meta({ examples: ['documents_by_path'] }),
  bytes: count('', 65_536),
});

const table = z.object({
  name: z.string().meta({ examples: ['documents'] }),
  rows: count('Of a full-text index: the texts it knows.', 812),
  bytes: count('Without its indexes.', 4_194_304),
  indexes: z.array(index).readonly(),
});

export const databaseStatus = z
  .object({
    bytes: count('Of the file.', 8_388_608),
    logBytes: count('Of the write-ahead log beside it.', 65_536),
    pageBytes: count('Of a page.', 4_096),
    pages: count('Of the file.', 2_048),
    freePages: count('That hold nothing.', 0),
    sqlite: z.string().meta({ description: 'The version of SQLite.', examples: ['3.52.0'] }),
    migrations: z.object({
      applied: names('In the order in which they ran.', 'CreateDocuments1795219200000'),
      pending: names('Those of this version that have not run.', 'CreateCache1795219200006'),
    }),
    tables: z.array(table).readonly().meta({ description: 'Those that occupy the most first.' }),
    pragmas: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .readonly()
      .meta({ description: 'Settings in use.', examples: [{ journal_mode: 'wal' }] }),
    pending: z
      .object({
        count: count('Changes that are committed and not in place yet.', 0),
        since: z.string().exactOptional().meta({ description: 'RFC 3339, UTC.' }),
      })
      .readonly(),
  })
  .meta({ id: 'DatabaseStatus', description: 'The database of this server.' });

const check = z.object({
  name: z.string().meta({ examples: ['search in documents'] }),
  outcome: z.enum(['ok', 'note', 'fault']).meta({
    description: '`fault`: something is wrong. `note`: nothing is, and something may want doing.',
    examples: ['ok'],
  }),
  checked: count('How many things were looked at.', 812),
  found: count('How many of them are not as they should be.', 0),
  summary: z.string().meta({ examples: ['the index fits the texts'] }),
});

export const databaseCheck = z
  .object({
    isSound: z.boolean().meta({ description: 'Whether nothing is wrong.', examples: [true] }),
    checks: z.array(check).readonly(),
  })
  .meta({ id: 'DatabaseCheck', description: 'The database, and what lies beside it, compared.' });

const plan = z
  .array(z.string())
  .readonly()
  .meta({
    description: 'Its steps, each indented below the one it belongs to.',
    examples: [['SCAN cache']],
  });

const finding = z.object({
  kind: z.enum(['scan', 'sort']).meta({
    description: '`scan`: every row of the table is read. `sort`: rows are sorted.',
    examples: ['scan'],
  }),
  table: z.string().meta({ examples: ['cache'] }),
  rows: count('How many the table has now.', 812),
  step: z.string().meta({ description: 'The step of the plan.', examples: ['SCAN cache'] }),
  statement: z.string().meta({ examples: ['SELECT count(*) FROM cache'] }),
  plan,
  reason: z.string().exactOptional().meta({ description: 'Why it is right as it is.' }),
  proposal: z
    .object({ statement: z.string().meta({ examples: ['CREATE INDEX …'] }), plan })
    .exactOptional()
    .meta({ description: 'An index with which SQLite would not do it any more; tried on an empty copy.' }),
});

export const databaseAdvice = z
  .object({
    statements: count('How many different statements were explained.', 394),
    unfitting: count('How many could not be, because they need the schema of another version.', 0),
    findings: z.array(finding).readonly().meta({ description: 'Those of the largest tables first.' }),
  })
  .meta({ id: 'DatabaseAdvice', description: 'Statements that cost more the more rows there are.' });

export const adviceQuery = z.strictObject({
  minRows: z.coerce
    .number()
    .int()
    .min(0)
    .exactOptional()
    .meta({ description: 'Tables with fewer rows are left out. Default 100.', examples: [100] }),
});
