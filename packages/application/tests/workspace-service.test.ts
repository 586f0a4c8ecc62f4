import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  parseWorkspaceSlug,
  type WorkspaceCommand,
  workspaceLocked,
  type WorkspaceState,
  workspaceTransitions,
} from '@markitect/domain';
import { FakeArchiver, markitectFailure } from '@markitect/testing';
import {
  type WorkspacePrecondition,
  type WorkspaceService,
  type WorkspaceStatus,
  workspaceTag,
} from '../src/index.js';
import { blobPath, bytes, checksum, paths, text, workspaceFixture } from './workspaces.js';

const states: Record<WorkspaceState, (fixture: ReturnType<typeof workspaceFixture>) => Promise<unknown>> = {
  clean: ({ service }) => service.start('42'),
  active: async ({ service }) => {
    await service.start('42');
    return service.save('42');
  },
  dirty: async (fixture) => {
    await states.active(fixture);
    await fixture.write('42/notes.md', 'changed');
  },
  finished: async (fixture) => {
    await states.active(fixture);
    return fixture.service.finish('42');
  },
  abandoned: async (fixture) => {
    await states.clean(fixture);
    return fixture.service.abandon('42');
  },
};

const commands: Record<WorkspaceCommand, (service: WorkspaceService, slug?: string) => Promise<unknown>> = {
  start: (service, slug = '42') => service.start(slug),
  add: (service, slug = '42') => service.add(slug, { path: 'attachments/log.txt', content: bytes('log') }),
  save: (service, slug = '42') => service.save(slug),
  restore: (service, slug = '42') => service.restore(slug, 'notes.md'),
  finish: (service, slug = '42') => service.finish(slug),
  abandon: (service, slug = '42') => service.abandon(slug, { discard: true }),
  open: (service, slug = '42') => service.path(slug),
};

const cells = (Object.keys(states) as WorkspaceState[]).flatMap((state) =>
  (Object.keys(commands) as WorkspaceCommand[]).map((command) => ({
    state,
    command,
    next: workspaceTransitions[state][command],
  })),
);

describe('WorkspaceService', () => {
  let fixture: ReturnType<typeof workspaceFixture>;
  let service: WorkspaceService;

  beforeEach(() => {
    fixture = workspaceFixture();
    service = fixture.service;
  });

  describe.each(cells)('$command of a workspace that is $state', ({ state, command, next }) => {
    it(next === undefined ? 'is refused, and changes nothing' : `leads to ${next.join(' or ')}`, async () => {
      await states[state](fixture);
      const before = await service.status('42');
      expect(before.state).toBe(state);
      const files = await paths(fixture.files.workspaces);
      if (next === undefined) {
        const error = await markitectFailure(() => commands[command](service));
        expect(error).toMatchObject({
          code: 'WORKSPACE_STATE_INVALID',
          details: { slug: '42', state, command, allowed: Object.keys(workspaceTransitions[state]) },
        });
        expect(await service.status('42')).toEqual(before);
        expect(await paths(fixture.files.workspaces)).toEqual(files);
      } else {
        const answer = await commands[command](service);
        const after = await service.status('42');
        expect(next).toContain(after.state);
        if (command !== 'open') expect(answer).toEqual(after);
      }
      expect(fixture.held.size).toBe(0);
    });
  });

  describe('start', () => {
    it('fills the folder from the default template, whose contents can be restored', async () => {
      const status = await service.start('fix-login', { title: '  Fix the “login”  ' });
      expect(status).toMatchObject({
        id: 'id-1',
        slug: 'fix-login',
        title: 'Fix the “login”',
        template: 'default',
        state: 'clean',
        revision: 1,
        createdAt: '2026-11-21T12:00:00.000Z',
        updatedAt: '2026-11-21T12:00:00.000Z',
        changed: [],
        missing: [],
        unknown: [],
      });
      expect(status.baseline.map(({ path }) => path)).toEqual([
        'notes.md',
        'requirements.md',
        'test-plan.md',
      ]);
      const requirements = await fixture.read('fix-login/requirements.md');
      expect(requirements).toContain('# Fix the “login”\n');
      expect(requirements).toContain('`fix-login`, started 2026-11-21');
      for (const file of status.baseline) {
        expect(checksum(await fixture.read(`fix-login/${file.path}`))).toBe(file.checksum);
      }
      expect(await paths(fixture.files.baselines)).toHaveLength(3);
    });

    it('takes the template of the team, also in place of the default one', async () => {
      const { templates } = fixture.files;
      await templates.write('team/{{slug}}/plan.md', bytes('# {{title}}'));
      await templates.write('team/logo.bin', new Uint8Array([0xff, 0, 0x7b, 0x7b]));
      await templates.write('default/only.md', bytes('ours'));
      await templates.write('Not A Slug/x.md', bytes('x'));
      expect(await service.templates()).toEqual(['default', 'team']);
      await service.start('1', { template: 'team', title: 'Title' });
      expect(await paths(fixture.files.workspaces)).toEqual(['1/1/plan.md', '1/logo.bin']);
      expect(await fixture.read('1/1/plan.md')).toBe('# Title');
      await service.start('2');
      expect(await paths(fixture.files.workspaces, '2')).toEqual(['2/only.md']);
      expect(await service.status('2')).toMatchObject({ state: 'clean', template: 'default', title: '2' });
    });

    it.each(['none', '../archives', 'Not A Slug', ''])('knows no template %j', async (template) => {
      await fixture.files.templates.write('team/a.md', bytes('a'));
      const error = await markitectFailure(() => service.start('1', { template }));
      expect(error).toMatchObject({
        code: 'WORKSPACE_TEMPLATE_NOT_FOUND',
        details: { known: ['default', 'team'] },
      });
      expect(await service.list()).toEqual({ items: [] });
    });

    it('does not write into a folder that holds files', async () => {
      await fixture.write('1/notes.md', 'mine');
      const error = await markitectFailure(() => service.start('1'));
      expect(error).toMatchObject({
        code: 'WORKSPACE_FOLDER_NOT_EMPTY',
        details: { folder: '/data/workspaces/1' },
      });
      expect(await fixture.read('1/notes.md')).toBe('mine');
      expect((await markitectFailure(() => service.status('1'))).code).toBe('WORKSPACE_NOT_FOUND');
    });

    it('can use a slug again, for another workspace', async () => {
      await states.finished(fixture);
      const again = await service.start('42', { title: 'Again' });
      expect(again).toMatchObject({ id: 'id-2', title: 'Again', state: 'clean', revision: 4 });
      expect(again.end).toBeUndefined();
      expect(again.savedAt).toBeUndefined();
    });
  });

  describe('status and list', () => {
    it('name what is changed, missing and unknown', async () => {
      await service.start('42');
      await fixture.write('42/notes.md', 'changed');
      await fixture.write('42/attachments/log.txt', 'unknown');
      await fixture.files.workspaces.remove('42/test-plan.md');
      expect(await service.status('42')).toMatchObject({
        state: 'dirty',
        changed: ['notes.md'],
        missing: ['test-plan.md'],
        unknown: ['attachments/log.txt'],
      });
    });

    it('do not take the files of one workspace for those of another', async () => {
      for (const slug of ['a', 'a-b', 'ab']) await service.start(slug);
      await fixture.write('a-b/notes.md', 'changed');
      expect((await service.status('a')).state).toBe('clean');
      expect((await service.status('ab')).state).toBe('clean');
      expect((await service.status('a-b')).state).toBe('dirty');
    });

    it('give those in one state, page by page', async () => {
      for (const slug of ['1', '2', '3', '4', '5', '6']) await service.start(slug);
      for (const slug of ['2', '4', '5']) await fixture.write(`${slug}/notes.md`, 'changed');
      await service.abandon('6');
      const all = async (state?: WorkspaceState, limit?: number) => {
        const found: string[][] = [];
        let cursor: string | undefined;
        do {
          const request = { ...(state && { state }), ...(limit && { limit }), ...(cursor && { cursor }) };
          const page = await service.list(request);
          found.push(page.items.map(({ slug }) => slug));
          cursor = page.nextCursor;
        } while (cursor !== undefined);
        return found;
      };
      expect(await all()).toEqual([['1', '2', '3', '4', '5', '6']]);
      expect(await all('dirty')).toEqual([['2', '4', '5']]);
      expect((await all('dirty', 2)).flat()).toEqual(['2', '4', '5']);
      expect((await all('clean', 1)).flat()).toEqual(['1', '3']);
      expect(await all('abandoned')).toEqual([['6']]);
      expect(await all('active')).toEqual([[]]);
      expect((await markitectFailure(() => service.list({ limit: 0 }))).code).toBe('REQUEST_INVALID');
    });
  });

  describe('add', () => {
    it('puts a file in, which is unknown until it is saved', async () => {
      await states.active(fixture);
      const content = bytes('log');
      const added = await service.add('42', { path: 'attachments/log.txt', content });
      expect(added).toMatchObject({ state: 'dirty', unknown: ['attachments/log.txt'], revision: 3 });
      expect(await fixture.read('42/attachments/log.txt')).toBe('log');
      expect(await service.save('42')).toMatchObject({ state: 'active', unknown: [] });
    });

    it('replaces a file only when told to', async () => {
      await states.active(fixture);
      const request = { path: 'notes.md', content: bytes('new') };
      const before = await fixture.read('42/notes.md');
      expect(await markitectFailure(() => service.add('42', request))).toMatchObject({
        code: 'WORKSPACE_FILE_EXISTS',
        details: { slug: '42', path: 'notes.md' },
      });
      expect(await fixture.read('42/notes.md')).toBe(before);
      expect(await service.add('42', { ...request, replace: true })).toMatchObject({ changed: ['notes.md'] });
      expect(await fixture.read('42/notes.md')).toBe('new');
    });

    it.each(['../43/notes.md', '/etc/passwd', '', 'a/../../b', '..', 'a\\b'])(
      'does not leave the folder: %j',
      async (path) => {
        await states.active(fixture);
        const error = await markitectFailure(() => service.add('42', { path, content: bytes('x') }));
        expect(error.code).toBe('FILE_PATH_INVALID');
        expect((await service.status('42')).state).toBe('active');
      },
    );

    it('refuses a file that no command could read again', async () => {
      await states.active(fixture);
      const add = (size: number) => service.add('42', { path: 'big', content: new Uint8Array(size) });
      expect(await markitectFailure(() => add(1001))).toMatchObject({
        code: 'FILE_TOO_LARGE',
        details: { path: 'big', bytes: 1001, maximum: 1000 },
      });
      expect((await add(1000)).unknown).toEqual(['big']);
    });
  });

  describe('save and restore', () => {
    it('bring every file back to what was saved last', async () => {
      await states.active(fixture);
      await fixture.write('42/notes.md', 'second');
      await fixture.write('42/attachments/a.txt', 'attached');
      fixture.clock.now = new Date('2026-11-22T12:00:00.000Z');
      const saved = await service.save('42');
      expect(saved).toMatchObject({ savedAt: '2026-11-22T12:00:00.000Z', revision: 3 });
      await fixture.write('42/notes.md', 'third');
      await fixture.files.workspaces.remove('42/attachments/a.txt');
      expect(await service.restore('42', 'notes.md')).toMatchObject({
        state: 'dirty',
        changed: [],
        missing: ['attachments/a.txt'],
      });
      const restored = await service.restore('42', 'attachments/a.txt');
      expect(restored.state).toBe('active');
      expect(restored).toEqual(await service.status('42'));
      expect(await fixture.read('42/notes.md')).toBe('second');
      expect(await fixture.read('42/attachments/a.txt')).toBe('attached');
    });

    it('restore to clean what was never saved', async () => {
      await service.start('42');
      await fixture.write('42/notes.md', 'changed');
      expect((await service.restore('42', 'notes.md')).state).toBe('clean');
    });

    it('cannot restore what was not saved', async () => {
      await states.dirty(fixture);
      await fixture.write('42/new.txt', 'new');
      expect(await markitectFailure(() => service.restore('42', 'new.txt'))).toMatchObject({
        code: 'WORKSPACE_FILE_NOT_FOUND',
        details: { slug: '42', path: 'new.txt' },
      });
      const outside = await markitectFailure(() => service.restore('42', '../43/notes.md'));
      expect(outside.code).toBe('FILE_PATH_INVALID');
    });

    it.each(['missing', 'damaged'])(
      'say so when the saved content is %s, and leave the file',
      async (fault) => {
        await states.active(fixture);
        await fixture.write('42/notes.md', 'saved');
        await service.save('42');
        await fixture.write('42/notes.md', 'edited');
        const blob = blobPath('saved');
        if (fault === 'missing') await fixture.files.baselines.remove(blob);
        else await fixture.files.baselines.write(blob, bytes('other'));
        expect(await markitectFailure(() => service.restore('42', 'notes.md'))).toMatchObject({
          code: 'WORKSPACE_BASELINE_CORRUPT',
          details: { slug: '42', path: 'notes.md', fault },
        });
        expect(await fixture.read('42/notes.md')).toBe('edited');
      },
    );

    it('keep each content once, for as long as an open workspace has it', async () => {
      for (const slug of ['1', '2']) {
        await service.start(slug);
        await fixture.write(`${slug}/shared.txt`, 'shared');
        await fixture.write(`${slug}/copy.txt`, 'shared');
        await service.save(slug);
      }
      const { baselines } = fixture.files;
      const blobs = () => paths(baselines);
      expect((await blobs()).filter((path) => path === blobPath('shared'))).toHaveLength(1);
      await fixture.write('1/only.txt', 'only here');
      await service.save('1');
      expect(await baselines.exists(blobPath('only here'))).toBe(true);
      await fixture.write('1/only.txt', 'changed');
      await service.save('1');
      expect(await baselines.exists(blobPath('only here'))).toBe(false);
      expect(await baselines.exists(blobPath('changed'))).toBe(true);
      await service.abandon('1');
      expect(await baselines.exists(blobPath('changed'))).toBe(false);
      expect(await baselines.exists(blobPath('shared'))).toBe(true);
      await service.finish('2');
      expect(await blobs()).toEqual([]);
    });

    it('write a content again that was lost', async () => {
      for (const slug of ['1', '2']) await service.start(slug);
      await fixture.write('1/shared.txt', 'shared');
      await service.save('1');
      await fixture.files.baselines.remove(blobPath('shared'));
      await fixture.write('2/shared.txt', 'shared');
      await service.save('2');
      expect(await fixture.files.baselines.exists(blobPath('shared'))).toBe(true);
    });
  });

  describe('finish', () => {
    it('archives files and manifest as they are, and removes the folder', async () => {
      await states.dirty(fixture);
      await fixture.write('42/attachments/log.txt', 'log');
      await fixture.write('43/notes.md', 'of another');
      const status = await service.finish('42');
      const end = { as: 'finished', at: '2026-11-21T12:00:00.000Z', archive: '42-2026-11-21.tar.gz' };
      expect(status).toMatchObject({ state: 'finished', end, changed: [], missing: [], unknown: [] });
      expect(await paths(fixture.files.workspaces)).toEqual(['43/notes.md']);
      const archive = FakeArchiver.unpack((await fixture.files.archives.read(end.archive)).bytes);
      const packed = Object.fromEntries(archive.map(({ path, content }) => [path, text(content)]));
      expect(Object.keys(packed)).toEqual([
        'manifest.json',
        '42/attachments/log.txt',
        '42/notes.md',
        '42/requirements.md',
        '42/test-plan.md',
      ]);
      expect(packed['42/notes.md']).toBe('changed');
      const manifest = JSON.parse(packed['manifest.json'] ?? '') as typeof status;
      expect(manifest).toMatchObject({ slug: '42', end });
      for (const { path, checksum: sum } of manifest.baseline) {
        expect([path, checksum(packed[`42/${path}`] ?? '')]).toEqual([path, sum]);
      }
    });

    it('does not write over an archive of the same day', async () => {
      for (let time = 0; time < 3; time++) await states.finished(fixture);
      expect(await paths(fixture.files.archives)).toEqual([
        '42-2026-11-21.2.tar.gz',
        '42-2026-11-21.3.tar.gz',
        '42-2026-11-21.tar.gz',
      ]);
    });

    it.each<[string, (write: typeof fixture.write) => Promise<unknown>]>([
      ['changed', (write) => write('42/notes.md', 'a later edit')],
      ['added', (write) => write('42/late.md', 'a later file')],
    ])('throws nothing away that was %s while it packed', async (_, edit) => {
      const slow = new FakeArchiver();
      fixture = workspaceFixture({
        archiver: {
          pack: async (entries) => {
            const archive = await slow.pack(entries);
            await edit(fixture.write);
            return archive;
          },
        },
      });
      await states.active(fixture);
      const error = await markitectFailure(() => fixture.service.finish('42'));
      expect(error).toMatchObject({ code: 'WORKSPACE_CHANGED', retryable: true });
      expect((await fixture.service.status('42')).state).toBe('dirty');
      expect(await paths(fixture.files.archives)).toEqual([]);
      expect(await paths(fixture.files.baselines)).toHaveLength(3);
    });

    it('leaves everything as it was when the archive cannot be made', async () => {
      const error = new Error('no memory');
      fixture = workspaceFixture({ archiver: { pack: () => Promise.reject(error) } });
      await states.dirty(fixture);
      const before = await fixture.service.status('42');
      await expect(fixture.service.finish('42')).rejects.toBe(error);
      expect(await fixture.service.status('42')).toEqual(before);
      expect(fixture.held.size).toBe(0);
    });
  });

  describe('abandon', () => {
    it('removes the folder, and keeps nothing', async () => {
      await states.active(fixture);
      const status = await service.abandon('42');
      expect(status).toMatchObject({ state: 'abandoned', end: { as: 'abandoned' } });
      for (const store of Object.values(fixture.files)) expect(await paths(store)).toEqual([]);
    });

    it('does not lose changes unless told to', async () => {
      await states.dirty(fixture);
      expect(await markitectFailure(() => service.abandon('42'))).toMatchObject({
        code: 'WORKSPACE_DIRTY',
        details: { slug: '42', changed: ['notes.md'], missing: [], unknown: [] },
      });
      expect(await fixture.read('42/notes.md')).toBe('changed');
      expect((await service.abandon('42', { discard: true })).state).toBe('abandoned');
    });
  });

  describe.each([
    ['add', (expected) => service.add('42', { path: 'x', content: bytes('x'), expected })],
    ['save', (expected) => service.save('42', { expected })],
    ['restore', (expected) => service.restore('42', 'notes.md', { expected })],
    ['finish', (expected) => service.finish('42', { expected })],
    ['abandon', (expected) => service.abandon('42', { discard: true, expected })],
  ] satisfies [string, (expected: WorkspacePrecondition) => Promise<WorkspaceStatus>][])(
    '%s of what somebody has seen',
    (_, run) => {
      it('is done when the workspace is still that, or may be anything', async () => {
        for (const expected of ['seen', 'present'] as const) {
          fixture = workspaceFixture();
          service = fixture.service;
          await states.dirty(fixture);
          const tag = workspaceTag(await service.status('42'));
          const { revision } = await run(expected === 'seen' ? { tags: ['other', tag] } : expected);
          expect(revision).toBe(3);
        }
      });

      it('is refused when a file or the manifest is another one since, and changes nothing', async () => {
        await states.dirty(fixture);
        const tag = workspaceTag(await service.status('42'));
        await fixture.write('42/new.txt', 'new');
        const before = await service.status('42');
        for (const tags of [[tag], []]) {
          expect(await markitectFailure(() => run({ tags }))).toMatchObject({
            code: 'WORKSPACE_CHANGED',
            details: { slug: '42', current: workspaceTag(before) },
          });
        }
        expect(await service.status('42')).toEqual(before);
        expect(fixture.held.size).toBe(0);
      });
    },
  );

  it('says that a command is not allowed before it says that the workspace is another one', async () => {
    await service.start('42');
    const error = await markitectFailure(() => service.finish('42', { expected: { tags: ['old'] } }));
    expect(error.code).toBe('WORKSPACE_STATE_INVALID');
  });

  it('says where the folder is', async () => {
    await service.start('42');
    expect(await service.path('42')).toBe('/data/workspaces/42');
  });

  describe.each(Object.entries(commands))('%s', (command, run) => {
    it('leaves no lock behind, and no change when somebody else has one', async () => {
      await states.dirty(fixture);
      const slug = parseWorkspaceSlug('42');
      const now = '2026-01-01T00:00:00.000Z';
      const holder = { owner: 'the other', host: 'there', pid: 7, since: now, heartbeatAt: now };
      fixture.held.set(slug, holder);
      const before = await service.status('42');
      if (command === 'open') expect(await run(service)).toBe('/data/workspaces/42');
      else {
        const error = await markitectFailure(() => run(service));
        expect(error).toMatchObject({
          code: 'WORKSPACE_LOCKED',
          message: workspaceLocked(slug, holder).message,
        });
      }
      expect(await service.status('42')).toEqual(before);
      expect([...fixture.held.values()]).toEqual([holder]);
    });

    it.each(['../x', 'Fix Login', ''])('refuses %j for a slug', async (slug) => {
      expect((await markitectFailure(() => run(service, slug))).code).toBe('WORKSPACE_SLUG_INVALID');
    });

    it('is no part of a unit of work of the caller', async () => {
      if (command === 'open') return;
      await states[command === 'start' ? 'abandoned' : 'dirty'](fixture);
      await fixture.unitOfWork.run(async () => {
        expect((await markitectFailure(() => run(service))).code).toBe('TRANSACTION_NESTED');
      });
    });
  });

  it.each(Object.entries(commands).filter(([command]) => command !== 'start'))(
    '%s says so when there is no such workspace',
    async (_, run) => {
      expect(await markitectFailure(() => run(service))).toMatchObject({
        code: 'WORKSPACE_NOT_FOUND',
        details: { slug: '42' },
      });
      expect(fixture.held.size).toBe(0);
    },
  );

  it('refuses to save over what somebody without the lock has stored', async () => {
    await states.dirty(fixture);
    const lock = {
      acquire: async () => {
        await Promise.resolve();
        return { release: () => Promise.resolve() };
      },
    };
    const unlocked = workspaceFixture({ ...fixture.ports, lock }).service;
    const results = await Promise.allSettled([unlocked.save('42'), unlocked.save('42'), unlocked.save('42')]);
    const failures = results.filter((result) => result.status === 'rejected');
    expect(failures.map(({ reason }) => (reason as { code: string }).code)).toEqual([
      'WORKSPACE_CHANGED',
      'WORKSPACE_CHANGED',
    ]);
    expect((await service.status('42')).revision).toBe(3);
  });

  it('lets one of several commands on one workspace through, and none is half done', async () => {
    await service.start('42');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        service.add('42', { path: `attachments/${index}.txt`, content: bytes(`${index}`) }),
      ),
    );
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    expect(done).toBeGreaterThanOrEqual(1);
    const status = await service.status('42');
    expect(status.unknown).toHaveLength(done);
    expect(status.revision).toBe(1 + done);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'WORKSPACE_LOCKED' });
    }
  });
});
