// Enqueues tasks in a unit of work, and is killed at a step of its commit: `node enqueue-process.mjs <file> <step>`.
import { SqliteConnection, SqliteUnitOfWork } from '../dist/index.js';

const [file, step] = process.argv.slice(2);
const connection = new SqliteConnection({ file });
await connection.open();
const unitOfWork = new SqliteUnitOfWork(connection, {
  fault: (point) => {
    if (point === step) process.kill(process.pid, 'SIGKILL');
  },
});
await unitOfWork.run(async (tx) => {
  await tx.tasks.enqueue([{ type: 'mail.send' }, { type: 'mail.send', uniqueKey: 'k' }]);
  await tx.outbox.send('sent', 'with the tasks');
});
