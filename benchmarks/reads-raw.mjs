// What the repository does, written by hand on the sqlite3 driver: one connection, statements prepared once.
import { once } from 'node:events';
import sqlite3 from 'sqlite3';

const summaryColumns = 'path, title, tags, hash, bytes, revision, created_at, updated_at, source';

/** Opens a database that has the schema already. */
export async function openRaw(file, pragmas) {
  const database = new sqlite3.Database(file);
  await once(database, 'open');
  const promised = (work) =>
    new Promise((resolve, reject) => {
      work((error, rows) => (error === null ? resolve(rows) : reject(error)));
    });
  await promised((done) => database.exec(pragmas, done));
  const statements = new Map();
  const statement = (sql) => {
    let prepared = statements.get(sql);
    if (prepared === undefined) statements.set(sql, (prepared = database.prepare(sql)));
    return prepared;
  };
  const run = (sql, parameters = []) => promised((done) => statement(sql).run(parameters, done));
  const all = (sql, parameters) => promised((done) => statement(sql).all(parameters, done));
  const get = (sql, parameters) => promised((done) => statement(sql).get(parameters, done));

  // One transaction at a time on the one connection: each waits for the one before it.
  let last = Promise.resolve();
  const transaction = (work) => {
    const mine = last.then(async () => {
      await run('BEGIN IMMEDIATE');
      try {
        await work();
        await run('COMMIT');
      } catch (error) {
        await run('ROLLBACK');
        throw error;
      }
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  const write = async (draft) => {
    const [{ id }] = await all(upsert, [
      draft.path,
      draft.path.replace(/\.md$/, ''),
      draft.title,
      JSON.stringify(draft.tags),
      draft.hash,
      draft.bytes,
      draft.savedAt,
      draft.savedAt,
      draft.source ?? null,
      JSON.stringify(draft.frontMatter),
      JSON.stringify(draft.headings),
      JSON.stringify(draft.anchors),
      draft.content,
      draft.headings.map((heading) => heading.text).join('\n'),
      draft.text,
    ]);
    await run('DELETE FROM document_tags WHERE document_id = ?', [id]);
    await run('DELETE FROM document_links WHERE document_id = ?', [id]);
    for (const tag of draft.tags) await run('INSERT INTO document_tags VALUES (?, ?)', [id, tag]);
    for (const [position, { href, text, line, target }] of draft.links.entries()) {
      await run('INSERT INTO document_links VALUES (?, ?, ?, ?, ?, ?, ?, ?)', [
        id,
        position,
        href,
        text,
        line,
        target.kind,
        target.key,
        target.fragment ?? null,
      ]);
    }
  };

  return {
    get: async (path) => {
      const row = await get(
        `SELECT ${summaryColumns}, content, front_matter, headings FROM documents WHERE path = ?`,
        [path],
      );
      return {
        ...summaryOf(row),
        content: row.content,
        frontMatter: JSON.parse(row.front_matter),
        headings: JSON.parse(row.headings),
      };
    },
    page: async (after) => {
      const rows = await all(
        `SELECT ${summaryColumns} FROM documents WHERE path > ? ORDER BY path LIMIT 51`,
        [after],
      );
      return rows.slice(0, 50).map(summaryOf);
    },
    save: (draft) => transaction(() => write(draft)),
    saveMany: (drafts) =>
      transaction(async () => {
        for (const draft of drafts) await write(draft);
      }),
    close: async () => {
      await Promise.all(
        [...statements.values()].map((each) => promised((done) => each.finalize(() => done(null)))),
      );
      await promised((done) => database.close(done));
    },
  };
}

const upsert = `INSERT INTO documents(path, link_key, title, tags, hash, bytes, revision, created_at, updated_at, source,
    front_matter, headings, anchors, content, heading_text, text)
  VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT(path) DO UPDATE SET title = excluded.title, tags = excluded.tags, hash = excluded.hash,
    bytes = excluded.bytes, revision = documents.revision + 1, updated_at = excluded.updated_at,
    source = excluded.source, front_matter = excluded.front_matter, headings = excluded.headings,
    anchors = excluded.anchors, content = excluded.content, heading_text = excluded.heading_text,
    text = excluded.text
  RETURNING id`;

function summaryOf(row) {
  return {
    path: row.path,
    title: row.title,
    tags: JSON.parse(row.tags),
    hash: row.hash,
    bytes: row.bytes,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    source: row.source,
  };
}
