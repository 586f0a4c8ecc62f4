// One of several processes that write into one store at the same time. Runs on the built packages.
import { createHash } from 'node:crypto';
import { SqliteConnection, SqliteDocumentRepository } from '../dist/index.js';

const [file, name, count] = process.argv.slice(2);
const connection = new SqliteConnection({ file, busyTimeoutMs: 50 });
await connection.open();
await connection.migrate();
const repository = new SqliteDocumentRepository(connection);

const draft = (path, text) => ({
  path,
  title: path,
  tags: [name],
  hash: createHash('sha256').update(text).digest('hex'),
  bytes: Buffer.byteLength(text),
  content: text,
  frontMatter: {},
  headings: [],
  anchors: [],
  links: [],
  text,
  savedAt: new Date().toISOString(),
});

let created = 0;
for (let index = 0; index < Number(count); index += 1) {
  const results = await Promise.all([
    repository.save(draft(`${name}/${index}.md`, `${name} ${index}`)),
    repository.save(draft('shared.md', `${name} ${index}`)),
    repository.saveMany([draft(`${name}/many-${index}.md`, `many ${name} ${index}`)]).then(([only]) => only),
  ]);
  created += results.filter((result) => result.outcome === 'created').length;
}
await connection.close();
process.stdout.write(String(created));
