import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { root } from './bootstrap.mjs';

/**
 * Runs a program in the repository, its output going to ours and to a file if one is given, and answers its exit code.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to ours
 * @param {string} [copy] a file that the output is appended to
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}, copy = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: copy === undefined ? 'inherit' : ['inherit', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    });
    for (const name of copy === undefined ? [] : ['stdout', 'stderr']) {
      child[name].on('data', (chunk) => {
        process[name].write(chunk);
        appendFileSync(copy, chunk);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** The same, ending this process with the program's exit code when that is not 0. */
export async function must(program, args, env) {
  const code = await run(program, args, env);
  if (code !== 0) process.exit(code);
}
