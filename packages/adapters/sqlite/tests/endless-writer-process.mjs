// Writes into a store until it is told to end, and says of each commit that it is acknowledged. Runs on the built packages.
import { SqliteConnection } from '../dist/index.js';

const [file] = process.argv.slice(2);
const connection = new SqliteConnection({ file });
await connection.open();
const writer = await connection.writer();
let ended = false;
process.stdin.on('data', () => (ended = true));
for (let number = 1; !ended; number += 1) {
  // Two tables of which every state has as many rows in one as in the other.
  await writer.transaction(async (transaction) => {
    await transaction.run('INSERT INTO one(id, filler) VALUES (?, randomblob(3000))', [number]);
    await transaction.run('INSERT INTO other(id, filler) VALUES (?, randomblob(3000))', [number]);
  });
  process.stdout.write(`${number}\n`);
}
await connection.close();
process.exit();
