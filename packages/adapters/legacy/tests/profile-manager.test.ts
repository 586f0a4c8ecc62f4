import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { profileRepositoryPort } from '@markitect/ports';
import { JsonRecordRepository, LegacyProfileManager } from '../src/index.js';

const adapter = new URL('../dist/index.js', import.meta.url).href;
const ports = new URL('../../../ports/dist/index.js', import.meta.url).href;

describe('LegacyProfileManager', () => {
  let folder: string;
  let module: string;
  const managers: LegacyProfileManager[] = [];
  const open = (options = {}): LegacyProfileManager => {
    const manager = new LegacyProfileManager({
      module,
      options: { path: join(folder, 'users.json') },
      ...options,
    });
    managers.push(manager);
    return manager;
  };
  const failure = (call: () => unknown): unknown => {
    try {
      call();
    } catch (error) {
      return error;
    }
    throw new Error('it did not fail');
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'legacy-'));
    module = join(folder, 'profiles.mjs');
    await writeFile(
      module,
      `import { JsonRecordRepository } from ${JSON.stringify(adapter)};
       import { profileRepositoryPort } from ${JSON.stringify(ports)};
       export function openProfiles({ path, fails, hangs, blocks }) {
         if (fails) throw new Error('no such store');
         const profiles = new JsonRecordRepository(profileRepositoryPort, { layout: 'one-file', path });
         if (hangs) profiles.get = () => new Promise(() => undefined);
         if (blocks) profiles.get = () => { const until = Date.now() + 3000; while (Date.now() < until); };
         return { profiles };
       }`,
    );
  });
  afterEach(async () => {
    for (const manager of managers.splice(0)) manager.close();
    await rm(folder, { recursive: true });
  });

  it('keeps profiles, without anything to wait for', async () => {
    const manager = open();
    expect(manager.get_user_profile('u1')).toBeNull();
    expect(manager.user_exists('u1')).toBe(false);
    expect(manager.save_user_profile('u1', { name: 'Ada', tags: ['a'] })).toBe(true);
    expect(manager.get_user_profile('u1')).toEqual({ name: 'Ada', tags: ['a'] });
    expect(manager.update_user_profile('u1', { name: null, age: 36 })).toEqual({ tags: ['a'], age: 36 });
    expect(manager.user_exists('u1')).toBe(true);
    expect(manager.get_or_create_profile(7, { new: true })).toEqual({ new: true });
    expect(manager.get_or_create_profile(7, { new: false })).toEqual({ new: true });
    expect(manager.list_user_profiles()).toEqual({ u1: { tags: ['a'], age: 36 }, 7: { new: true } });
    expect(manager.delete_user_profile('u1')).toBe(true);
    expect(manager.delete_user_profile('u1')).toBe(false);
    const repository = new JsonRecordRepository(profileRepositoryPort, {
      layout: 'one-file',
      path: join(folder, 'users.json'),
    });
    expect(await repository.get('7')).toMatchObject({ value: { new: true }, version: 1 });
  });

  it('has each call by its other name', () => {
    const manager = open();
    expect(manager.saveUserProfile('u1', { a: 1 })).toBe(true);
    expect(manager.getUserProfile('u1')).toEqual({ a: 1 });
    expect(manager.updateUserProfile('u1', { b: 2 })).toEqual({ a: 1, b: 2 });
    expect(manager.userExists('u1')).toBe(true);
    expect(manager.getOrCreateProfile('u2')).toEqual({});
    expect(manager.listUserProfiles()).toEqual({ u1: { a: 1, b: 2 }, u2: {} });
    expect(manager.deleteUserProfile('u1')).toBe(true);
  });

  it('throws what the repository throws', () => {
    const manager = open();
    expect(failure(() => manager.update_user_profile('u1', {}))).toMatchObject({
      name: 'NotFound',
      code: 'RECORD_NOT_FOUND',
      kind: 'NotFound',
      details: { key: 'u1' },
      retryable: false,
    });
    expect(failure(() => manager.save_user_profile('', {}))).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(manager.save_user_profile('u1', {})).toBe(true);
  });

  it('throws when the store cannot be opened, or is closed', () => {
    expect(failure(() => open({ options: { fails: true } }))).toMatchObject({
      code: 'UNEXPECTED',
      message: expect.stringContaining('no such store'),
    });
    expect(failure(() => open({ module: join(folder, 'nothing.mjs') }))).toMatchObject({
      code: 'UNEXPECTED',
    });
    expect(failure(() => open({ timeoutMs: 0 }))).toMatchObject({ code: 'CONFIG_INVALID' });
    const manager = open();
    manager.close();
    expect(failure(() => manager.get_user_profile('u1'))).toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  it('waits no longer than it is allowed to, for a store that does not answer or takes all time', () => {
    const late = { code: 'DEADLINE_EXCEEDED', kind: 'Timeout' };
    const options = { path: join(folder, 'users.json') };
    const hanging = open({ options: { ...options, hangs: true }, timeoutMs: 300 });
    expect(failure(() => hanging.get_user_profile('u1'))).toMatchObject(late);
    expect(hanging.save_user_profile('u1', {})).toBe(true);
    const blocking = new LegacyProfileManager({
      module,
      options: { ...options, blocks: true },
      timeoutMs: 300,
    });
    expect(failure(() => blocking.get_user_profile('u1'))).toMatchObject(late);
  });

  it('costs little beside the store', () => {
    const manager = open();
    manager.save_user_profile('u1', { name: 'Ada' });
    const times = Array.from({ length: 500 }, () => {
      const startedAt = performance.now();
      manager.get_user_profile('u1');
      return performance.now() - startedAt;
    }).sort((a, b) => a - b);
    console.log(`a call: median ${times[250]?.toFixed(3)} ms, 99 %: ${times[495]?.toFixed(3)} ms`);
    expect(times).toHaveLength(500);
  });
});
