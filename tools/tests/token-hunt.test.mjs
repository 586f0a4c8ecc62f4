import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, jest } from '@jest/globals';
import { startTokenHunt } from '../token-hunt.mjs';

// Put together here, so that no file of the repository has it.
const token = ['0123456789', 'abcdef', '0123456789', 'abcdef', '01234567'].join('');

const required = process.env.MARKITECT_REQUIRE_SERVICES;
afterEach(() => {
  if (required === undefined) delete process.env.MARKITECT_REQUIRE_SERVICES;
  else process.env.MARKITECT_REQUIRE_SERVICES = required;
});

async function hunt(leak, ledger = `${token}\n`) {
  const said = [];
  const spies = ['log', 'error'].map((name) =>
    jest.spyOn(console, name).mockImplementation((text) => void said.push(text)),
  );
  const begun = startTokenHunt();
  appendFileSync(begun.env.MARKITECT_TOKEN_LEDGER, ledger);
  appendFileSync(begun.output, 'something else\n');
  const tidy = leak(begun);
  const isClean = begun.end();
  tidy?.();
  for (const spy of spies) spy.mockRestore();
  return { isClean, said: said.join('\n') };
}

it('finds nothing where nothing is', async () => {
  const { isClean, said } = await hunt(() => undefined);
  expect(isClean).toBe(true);
  expect(said).toContain('1 tokens looked for');
});

it.each([
  ['0', true],
  ['1', false],
])('with MARKITECT_REQUIRE_SERVICES=%s and no token to look for, success is %p', async (value, expected) => {
  process.env.MARKITECT_REQUIRE_SERVICES = value;
  const { isClean, said } = await hunt(() => undefined, '');
  expect(isClean).toBe(expected);
  expect(said.includes('no server noted its token')).toBe(!expected);
});

it('finds a token that was printed', async () => {
  const { isClean, said } = await hunt(({ output }) =>
    appendFileSync(output, `authorization: token ${token}\n`),
  );
  expect(isClean).toBe(false);
  expect(said).toContain('the output of this run');
  expect(said).not.toContain(token);
});

it('finds a token in a file that was left', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'markitect-left-'));
  const { isClean, said } = await hunt(() => {
    writeFileSync(join(folder, 'core'), Buffer.concat([Buffer.from([0, 255]), Buffer.from(token)]));
    return () => rmSync(folder, { recursive: true });
  });
  expect(isClean).toBe(false);
  expect(said).toContain('core');
});
