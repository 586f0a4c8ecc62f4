import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GenerationFile } from '../src/cache/generation-file.js';

const START = 1_790_000_000_000_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the generation file', () => {
  let folder: string;
  let path: string;
  const opened: GenerationFile[] = [];
  const open = () => {
    const file = new GenerationFile(path);
    opened.push(file);
    return file;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'markitect-generation-'));
    path = join(folder, 'store.db-generation');
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) each.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has no number until it is made, and cannot be raised', () => {
    const file = open();
    expect(file.read()).toBeUndefined();
    expect(file.raise(START)).toBe(false);
    expect(file.read()).toBeUndefined();
  });

  it('gives every process the greatest number, whoever is last to write', async () => {
    const [one, two, three] = [open(), open(), open()];
    expect(one.renew(START)).toBe(true);
    expect(two.read()).toBe(START);
    expect(two.raise(START + 7)).toBe(true);
    expect(one.raise(START + 3)).toBe(true);
    await turn();
    for (const each of [one, two, three]) expect(each.read()).toBe(START + 7);
    expect(open().read()).toBe(START + 7);
  });

  it('is known at once to others in this process, also within a turn in which they have looked', () => {
    const [one, two] = [open(), open()];
    one.renew(START);
    expect(two.read()).toBe(START);
    one.raise(START + 1);
    expect(one.read()).toBe(START + 1);
    expect(two.read()).toBe(START + 1);
  });

  it('never gives a smaller number when it is replaced', async () => {
    const [one, two] = [open(), open()];
    one.renew(START);
    one.raise(START + 10);
    expect(two.read()).toBe(START + 10);
    expect(one.renew(START + 4)).toBe(true);
    await turn();
    expect(two.read()).toBe(START + 10);
  });

  it('is raised in the file that counts by whoever still has the old one open', async () => {
    const [one, two, three] = [open(), open(), open()];
    one.renew(START);
    expect([two.read(), three.read()]).toEqual([START, START]);
    two.renew(START + 1);
    expect(one.raise(START + 2)).toBe(true);
    await turn();
    for (const each of [two, three, open()]) expect(each.read()).toBe(START + 2);
  });

  it('has no number between the end of the old file and the new one', async () => {
    const [one, two] = [open(), open()];
    one.renew(START);
    expect(two.read()).toBe(START);
    // What a replacement leaves that is killed in the middle.
    const kept = `${path}.kept`;
    renameSync(path, kept);
    one.renew(START);
    renameSync(kept, path);
    await turn();
    expect(two.read()).toBe(Number.POSITIVE_INFINITY);
    expect(two.raise(START + 5)).toBe(false);
    expect(two.renew(START + 5)).toBe(true);
    await turn();
    expect(open().read()).toBe(START + 5);
  });

  it('is not raised in a file that was deleted, and notices it when asked to', async () => {
    const [one, two] = [open(), open()];
    one.renew(START);
    expect(two.read()).toBe(START);
    unlinkSync(path);
    expect(one.raise(START + 1)).toBe(false);
    expect(one.renew(START + 1)).toBe(true);
    two.verify();
    await turn();
    expect(two.read()).toBe(START + 1);
  });

  it('is replaced before it takes much room', () => {
    const file = open();
    file.renew(START);
    expect(file.raise(START + 17 * 1024 * 1024)).toBe(false);
    expect(file.renew(START + 17 * 1024 * 1024)).toBe(true);
    expect(statSync(path).size).toBe(8);
    expect(file.read()).toBe(START + 17 * 1024 * 1024);
  });

  it.each(['', 'short', 'not a number at all'])('is none when it holds %j', async (content) => {
    await writeFile(path, content);
    const file = open();
    expect(file.read()).toBeUndefined();
    expect(file.renew(START)).toBe(true);
    expect(open().read()).toBe(START);
  });

  it('says so where nothing can be written', async () => {
    path = join(folder, 'missing', 'generation');
    const file = open();
    expect(file.renew(START)).toBe(false);
    expect(file.read()).toBeUndefined();
    await turn();
    path = join(folder, 'file');
    writeFileSync(path, '');
    path = join(path, 'below a file');
    expect(open().read()).toBeUndefined();
  });
});
