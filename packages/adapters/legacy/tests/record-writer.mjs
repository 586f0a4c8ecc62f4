// A process that counts in records of its own and in one that all share, and says what was acknowledged.
// Arguments: layout, path, name, how many rounds (0: until it is killed).
import { profileRepositoryPort } from '@markitect/ports';
import { JsonRecordRepository } from '../dist/index.js';

const [layout, path, name, rounds] = process.argv.slice(2);
const records = new JsonRecordRepository(profileRepositoryPort, { layout, path });
await records.save(name, { n: 0 });
for (let n = 1; Number(rounds) === 0 || n <= Number(rounds); n += 1) {
  await Promise.all([records.patch(name, { n }), records.patch('shared', { [`${name}-${n}`]: true })]);
  process.stdout.write(`${n}\n`);
}
