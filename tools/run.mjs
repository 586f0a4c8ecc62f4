import { spawn } from 'node:child_process';
import { root } from './bootstrap.mjs';

/**
 * Runs a program in the repository, its output going to ours, and answers its exit code.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to ours
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The same, ending this process with the program's exit code when that is not 0. */
export async function must(program, args, env) {
  const code = await run(program, args, env);
  if (code !== 0) process.exit(code);
}
