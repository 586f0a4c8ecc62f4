import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CutoverState, defaultCutoverLimits } from '@markitect/domain';
import { environmentFlags, fileFlags } from './flag-providers.js';
import { parseStageWish, stageFlag, StageFlags } from './stage-flags.js';

const state: CutoverState = {
  component: 'users',
  stage: 'mirror',
  percent: 0,
  epoch: 3,
  isCarryingOver: false,
  limits: defaultCutoverLimits,
  changedAt: '2026-01-01T00:00:00.000Z',
};

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function flagsFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stage-flags-'));
  folders.push(folder);
  await writeFile(join(folder, 'flags.json'), text);
  return join(folder, 'flags.json');
}

describe('parseStageWish', () => {
  it.each([
    ['legacy', 'legacy', 0],
    [' mirror ', 'mirror', 0],
    ['served:25', 'served', 25],
    ['served:0.5', 'served', 0.5],
    ['modern', 'modern', 100],
    ['complete', 'complete', 100],
  ])('reads %j', (text, stage, percent) => {
    expect(parseStageWish(text)).toEqual({ stage, percent });
  });

  it.each(['', 'served', 'served:0', 'served:101', 'mirror:5', 'Modern', 'toString', 'served:1e1'])(
    'refuses %j and names the flag',
    (text) => {
      expect(() => parseStageWish(text, 'a.flag')).toThrow(
        expect.objectContaining({
          code: 'REQUEST_INVALID',
          details: expect.objectContaining({ field: 'a.flag' }),
        }),
      );
    },
  );
});

describe('StageFlags', () => {
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);
  afterEach(() => void failures.splice(0));

  it('wishes nothing where no provider knows the flag, and tells of no failure', async () => {
    const flags = await StageFlags.open([environmentFlags({})], { domain: 'none', onFailure });
    expect(await flags.wish(state)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('wishes nothing where there are no providers', async () => {
    const flags = await StageFlags.open([], { domain: 'empty', onFailure });
    expect(await flags.wish(state)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('wishes what the environment says, and nothing once the component stands there', async () => {
    const env: Record<string, string> = { MARKITECT_CUTOVER_USERS: 'served:25' };
    const flags = await StageFlags.open([environmentFlags(env)], { domain: 'env', onFailure });
    expect(await flags.wish(state)).toEqual({ stage: 'served', percent: 25 });
    expect(await flags.wish({ ...state, stage: 'served', percent: 25 })).toBeUndefined();
    env.MARKITECT_CUTOVER_USERS = ' ';
    expect(await flags.wish(state)).toBeUndefined();
  });

  it('asks the providers in their order; a file is read anew each time', async () => {
    const file = await flagsFile(JSON.stringify({ [stageFlag('users')]: 'modern' }));
    const env: Record<string, string> = { MARKITECT_CUTOVER_USERS: 'legacy' };
    const flags = await StageFlags.open([environmentFlags(env), fileFlags(file)], {
      domain: 'two',
      onFailure,
    });
    expect(await flags.wish(state)).toEqual({ stage: 'legacy', percent: 0 });
    delete env.MARKITECT_CUTOVER_USERS;
    expect(await flags.wish(state)).toEqual({ stage: 'modern', percent: 100 });
    await writeFile(file, JSON.stringify({ [stageFlag('users')]: 'served:5' }));
    expect(await flags.wish(state)).toEqual({ stage: 'served', percent: 5 });
    await rm(file);
    expect(await flags.wish(state)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it.each([
    ['a wish that cannot be understood', `{"${stageFlag('users')}":"sideways"}`],
    ['a file that is no JSON', '{'],
    ['a file that holds no object', '7'],
  ])('keeps the stored stage and tells of %s', async (_, text) => {
    const flags = await StageFlags.open([fileFlags(await flagsFile(text))], { domain: 'bad', onFailure });
    expect(await flags.wish(state)).toBeUndefined();
    expect(failures).toHaveLength(1);
  });
});
