import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { profileRepositoryPort } from '@markitect/ports';
import { itWhere } from '@markitect/testing';
import { JsonRecordRepository } from '../src/index.js';
import { FileLock } from '../src/json-files/file-lock.js';
import { WriteQueue } from '../src/json-files/write-queue.js';
import { OpenedFolder } from './opened-folder.js';
import { canSeal, seal, unseal } from './sealed-folder.js';

const onSealable = itWhere(canSeal(), 'no folder can be made read-only here');

describe('a lock whose file cannot be removed when it is let go of', () => {
  onSealable('is no obstacle to this process', async () => {
    const folder = await OpenedFolder.open();
    const lock = new FileLock(folder.at('lock'));
    const first = await lock.acquire(100);
    seal(folder.path);
    try {
      expect(first.release()).toBe(false);
      expect(await folder.names()).toEqual(['lock']);
      await expect(lock.acquire(100)).rejects.toMatchObject({ syscall: 'open' });
    } finally {
      unseal(folder.path);
    }
    // Before anything in the background could have come to it.
    const second = await new FileLock(folder.at('lock')).acquire(0);
    expect(second.takenFrom).toBe(first.token);
    second.requireHeld();
    // What is tried again finds that it is another one by now.
    await pause(600);
    second.requireHeld();
    second.release();
    expect(await folder.names()).toEqual([]);
  });

  onSealable('is removed for the others as soon as that can be done', async () => {
    const folder = await OpenedFolder.open();
    const lock = await new FileLock(folder.at('lock')).acquire(100);
    seal(folder.path);
    try {
      lock.release();
      await pause(600);
      expect(await folder.names()).toEqual(['lock']);
    } finally {
      unseal(folder.path);
    }
    while ((await folder.names()).length > 0) await pause(20);
  });

  onSealable('lets what was done under it be done', async () => {
    const folder = await OpenedFolder.open();
    const queue = new WriteQueue(folder.at('lock'), 100, ([change]) => {
      change?.run({ get: () => undefined, put: () => undefined, remove: () => undefined });
      seal(folder.path);
      return Promise.resolve();
    });
    try {
      expect(await queue.change(['k'], () => 'done')).toBe('done');
    } finally {
      unseal(folder.path);
    }
  });

  onSealable('does not outlast a read-only moment of the folder', async () => {
    const folder = await OpenedFolder.open();
    await mkdir(folder.at('users'));
    const options = { layout: 'file-per-record', path: folder.at('users'), lockTimeoutMs: 200 } as const;
    const records = new JsonRecordRepository(profileRepositoryPort, options);
    await records.save('u', { n: 0 });
    let isOver = false;
    const writing = (async () => {
      for (let n = 1; !(isOver as boolean); n += 1) await records.save('u', { n }).catch(() => pause(1));
    })();
    try {
      for (let round = 0; round < 5; round += 1) {
        await pause(20);
        seal(folder.at('users'));
        await pause(20);
        unseal(folder.at('users'));
      }
    } finally {
      unseal(folder.at('users'));
      isOver = true;
      await writing;
    }
    await records.save('u', { n: -1 });
    while ((await folder.names('users')).some((name) => name.includes('lock'))) await pause(20);
  });
});
