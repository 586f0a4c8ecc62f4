// The tour of the README: each command in it is run, and what it says stands below it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from 'markitect';
import { root } from '../bootstrap.mjs';

const block = /(?<=<!-- tour[^>]*-->\n\n```console\n).*?(?=```)/su;

/** The page with the answers of now. Where only sizes, durations and rates differ, a line stays as it is. */
export async function toured(page) {
  const [before] = block.exec(page) ?? [];
  if (before === undefined) throw new Error('there is no tour');
  const dataDir = mkdtempSync(join(tmpdir(), 'markitect-tour-'));
  try {
    const known = before.split('\n');
    const commands = known.filter((line) => line.startsWith('$ '));
    const steps = [];
    for (const command of commands) steps.push(`${command}\n${await answerTo(command, dataDir)}`);
    const kept = new Map(known.map((line) => [withoutMeasures(line), line]));
    const lines = steps.join('\n').split('\n');
    return page.replace(block, () => lines.map((line) => kept.get(withoutMeasures(line)) ?? line).join('\n'));
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function answerTo(command, dataDir) {
  const [line, echo] = command.split('; ');
  const words = [...line.matchAll(/'([^']*)'|(\S+)/gu)].map(([, quoted, plain]) => quoted ?? plain);
  let said = '';
  let told = '';
  const code = await runCli(words.slice('$ npx markitect'.split(' ').length), {
    stdout: { write: (text) => (said += text), columns: 100, isTTY: true },
    stderr: { write: (text) => (told += text), columns: 100, isTTY: false },
    env: { MARKITECT_DATA_DIR: dataDir, NO_COLOR: '1' },
    cwd: root,
    onInterrupt: () => () => undefined,
  });
  // Notes and hints are left out, errors are not.
  if (code !== 0) said += told;
  return echo === undefined ? said : `${said}${code}\n`;
}

function withoutMeasures(line) {
  return line.replaceAll(/[\d.]+ (?:ms|s|kB|files\/s)\b/gu, '#');
}
