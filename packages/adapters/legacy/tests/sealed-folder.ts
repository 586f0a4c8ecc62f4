import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder be one in which nothing can be made or removed. */
export function seal(folder: string): void {
  if (isRoot()) execFileSync('chattr', ['+i', folder], { stdio: 'ignore' });
  else chmodSync(folder, 0o555);
}

/** Undoes {@link seal}. */
export function unseal(folder: string): void {
  if (isRoot()) execFileSync('chattr', ['-i', folder], { stdio: 'ignore' });
  else chmodSync(folder, 0o755);
}

/** Whether folders can be sealed here. */
export function canSeal(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'legacy-'));
  try {
    seal(folder);
  } catch {
    rmdirSync(folder);
    return false;
  }
  try {
    writeFileSync(join(folder, 'x'), '');
    return false;
  } catch {
    return true;
  } finally {
    unseal(folder);
  }
}

/** Whom permissions do not hold back. */
function isRoot(): boolean {
  return process.getuid?.() === 0;
}
