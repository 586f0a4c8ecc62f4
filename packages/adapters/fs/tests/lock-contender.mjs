// Takes the lock of one workspace again and again, until somebody has had it often enough; now and then it is killed
// while it holds it. Prints a line for each time two hold it at once. Runs the built package, as processes do.
import { appendFileSync, closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FsWorkspaceLock } from '../dist/index.js';

const [folder = '', rounds = '100', killEvery = '0'] = process.argv.slice(2);
const lock = new FsWorkspaceLock({ root: join(folder, 'locks') });
const inside = join(folder, 'inside');
const log = join(folder, 'log');

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function enter() {
  for (;;) {
    try {
      const file = openSync(inside, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch {
      const other = Number(readFileSync(inside, 'utf8'));
      if (other === 0 || isAlive(other)) appendFileSync(log, `TWO: ${process.pid} and ${other}\n`);
      rmSync(inside, { force: true });
    }
  }
}

const had = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
while (had() < Number(rounds)) {
  let lease;
  try {
    lease = await lock.acquire('42', `contender ${process.pid}`);
  } catch (error) {
    if (error.code !== 'WORKSPACE_LOCKED') appendFileSync(log, `ERROR: ${error.code} ${error.message}\n`);
    await pause(Math.random() * 2);
    continue;
  }
  enter();
  appendFileSync(log, '.');
  if (Number(killEvery) > 0 && Math.random() < 1 / Number(killEvery)) process.kill(process.pid, 'SIGKILL');
  if (Math.random() < 0.5) await pause(Math.random() * 2);
  rmSync(inside);
  await lease.release();
}
