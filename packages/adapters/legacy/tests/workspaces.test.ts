import { mkdir, symlink } from 'node:fs/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { type MarkitectError, parseWorkspaceSlug, type WorkspaceSlug } from '@markitect/domain';
import { describeWorkspaceRepositoryContract, workspaceManifest } from '@markitect/testing';
import { LegacyWorkspaceRepository } from '../src/index.js';
import { OpenedFolder } from './opened-folder.js';

// The contract stores some thousands, each synced to a disk that others may be using.
jest.setTimeout(120_000);

const fileTime = '2026-01-02T03:04:05.678Z';
const slug = parseWorkspaceSlug('fix-login');
const checksum = '0123456789abcdef'.repeat(4);

describeWorkspaceRepositoryContract('LegacyWorkspaceRepository', async () => {
  const folder = await OpenedFolder.open();
  return {
    repository: new LegacyWorkspaceRepository({ folder: folder.at('data/workspaces') }),
    close: () => Promise.resolve(),
  };
});

/** A repository over folders with these files in them. */
async function opened(files: Readonly<Record<string, string | Uint8Array>>, fileName?: string) {
  const folder = await OpenedFolder.open();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(folder.at(name.slice(0, name.lastIndexOf('/'))), { recursive: true });
    await folder.write(name, content);
  }
  const told: MarkitectError[] = [];
  const repository = new LegacyWorkspaceRepository({
    folder: folder.path,
    onDamaged: (error) => told.push(error),
    ...(fileName === undefined ? {} : { fileName }),
  });
  return { folder, repository, told };
}

const titles = async (repository: LegacyWorkspaceRepository) => {
  const { items } = await repository.list({});
  return items.map(({ slug: at, title }) => [at, title]);
};

describe('the folder of a workspace', () => {
  it('has its file, and gets nothing else', async () => {
    const { folder, repository } = await opened({ 'fix-login/notes.md': 'notes' });
    expect(await repository.get(slug)).toBeUndefined();
    const saved = await repository.save(workspaceManifest({ slug }), 0);
    expect(JSON.parse(await folder.read('fix-login/workspace.json'))).toEqual(saved);
    expect(await folder.names()).toEqual(['fix-login']);
    expect(await folder.names('fix-login')).toEqual(['notes.md', 'workspace.json']);
  });

  it('is called as a slug: whatever else lies beside it is no workspace', async () => {
    const { folder, repository } = await opened({
      'a/workspace.json': '{}',
      'Not A Slug/workspace.json': '{}',
      'empty/notes.md': '',
    });
    await folder.write('b', 'a file');
    await symlink(folder.at('a'), folder.at('c'));
    await symlink(folder.at('b'), folder.at('d'));
    expect(await titles(repository)).toEqual([
      ['a', 'a'],
      ['c', 'c'],
    ]);
    expect(await repository.get(parseWorkspaceSlug('b'))).toBeUndefined();
    const inTheWay = repository.save(workspaceManifest({ slug: 'b' }), 0);
    await expect(inTheWay).rejects.toMatchObject({ code: 'FILE_SYSTEM_FAILED' });
    expect(await folder.read('b')).toBe('a file');
  });

  it('is none that leads elsewhere', async () => {
    const { repository } = await opened({ 'a/workspace.json': '{}' });
    const elsewhere = '../a' as WorkspaceSlug;
    await expect(repository.get(elsewhere)).rejects.toMatchObject({ code: 'WORKSPACE_SLUG_INVALID' });
    await expect(repository.save({ ...workspaceManifest(), slug: elsewhere }, 0)).rejects.toMatchObject({
      code: 'WORKSPACE_SLUG_INVALID',
    });
  });
});

describe('the file of another program', () => {
  it.each([
    ['nothing', '{}', {}],
    ['a byte order mark', '\ufeff{"title":"T"}', { title: 'T' }],
    ['a title of any form', '{"name":"  Fix the\\tlogin\\nand more  "}', { title: 'Fix the login' }],
    ['a title that is too long', `{"title":"${'x'.repeat(300)}"}`, { title: 'x'.repeat(200) }],
    ['a number for an id', '{"workspace_id":17,"type":"team"}', { id: '17', template: 'team' }],
    ['a time', '{"created":"2026-01-01 00:00:00"}', { createdAt: '2026-01-01T00:00:00.000Z' }],
    [
      'a time before that of the file',
      '{"updated_at":1767225600}',
      { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
    ],
    ['when it was saved', '{"saved_at":"2026-01-01"}', { savedAt: '2026-01-01T00:00:00.000Z' }],
    [
      'an end',
      '{"status":"Done","closed_at":"2026-01-01"}',
      { end: { as: 'finished', at: '2026-01-01T00:00:00.000Z' } },
    ],
    ['an end without a time', '{"state":"cancelled"}', { end: { as: 'abandoned', at: fileTime } }],
    ['what cannot be understood', '{"id":{},"title":[],"status":"?","created":"?","revision":-1}', {}],
    ['the slug of another folder', '{"slug":"another"}', {}],
    [
      'some of our form',
      '{"baseline":[],"slug":"another","revision":7,"title":"T"}',
      { revision: 7, title: 'T' },
    ],
  ])('is read where it has %s', async (_, content, expected) => {
    const { repository } = await opened({ 'fix-login/workspace.json': content });
    expect(await repository.get(slug)).toEqual({
      id: slug,
      slug,
      title: slug,
      template: 'default',
      baseline: [],
      revision: 1,
      createdAt: fileTime,
      updatedAt: fileTime,
      ...expected,
    });
  });

  it('is written in our form; what it has besides keeps its letters', async () => {
    const text = '{\n\t"name": "Old", "status": "done", "n\\u00e4me": 1.0, "big": 12345678901234567890\n}\n';
    const { folder, repository } = await opened({ 'fix-login/workspace.json': text });
    const manifest = { ...workspaceManifest({ slug }), baseline: [{ path: 'a.md', checksum, bytes: 1 }] };
    await repository.save(manifest, 1);
    const written = await folder.read('fix-login/workspace.json');
    expect(written.endsWith('\t"n\\u00e4me": 1.0,\n\t"big": 12345678901234567890\n}\n')).toBe(true);
    expect(written).not.toContain('status');
    // Of one that is in our form, no name is another word for what it says.
    await folder.write('fix-login/workspace.json', written.replace('{', '{"status":"done","name":"Old",'));
    const saved = await repository.save(manifest, 2);
    expect(saved).toEqual({ ...manifest, revision: 3 });
    expect(await repository.get(slug)).toEqual(saved);
    expect(JSON.parse(await folder.read('fix-login/workspace.json'))).toMatchObject({
      status: 'done',
      name: 'Old',
    });
  });

  it('may be Markdown, until it is changed', async () => {
    const text =
      '---\nstatus: finished\nid: "w-1"\ntags:\n  - a\ncreated: 2026-01-01\n---\n\nText.\n\n# Fix the login\n';
    const { folder, repository } = await opened(
      {
        'a/README.md': '# First\n\n---\ntitle: no\n---\n',
        'fix-login/README.md': text,
      },
      'README',
    );
    expect(await titles(repository)).toEqual([
      ['a', 'First'],
      ['fix-login', 'Fix the login'],
    ]);
    const found = await repository.get(slug);
    expect(found).toMatchObject({
      id: 'w-1',
      createdAt: '2026-01-01T00:00:00.000Z',
      end: { as: 'finished', at: fileTime },
    });
    const saved = await repository.save({ ...found!, title: 'Second' }, 1);
    expect(await repository.get(slug)).toEqual(saved);
    expect(await folder.names('fix-login')).toEqual(['README.json', 'README.md']);
    expect(await folder.read('fix-login/README.md')).toBe(text);
  });
});

describe('a damaged file', () => {
  it.each([
    ['one that ends too early', '{"title":"T"'],
    ['one that is empty', ''],
    ['one that is no object', '[]'],
    ['one that is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['one of ours with a wrong file', '{"baseline":[{"path":"../up","checksum":"x","bytes":1}]}'],
    ['one of ours with a wrong end', '{"baseline":[],"end":{"as":"lost"}}'],
  ])('is reported, set aside and never written to: %s', async (_, content) => {
    const name = 'fix-login/workspace.json';
    const { folder, repository, told } = await opened({ [name]: content, 'a/workspace.json': '{}' });
    const copy = `${name}.damaged-20260102T030405.678Z`;
    const refused = {
      code: 'LEGACY_FILE_CORRUPT',
      details: { path: folder.at(name), copy: folder.at(copy) },
    };
    await expect(repository.get(slug)).rejects.toMatchObject(refused);
    for (const revision of [0, 1]) {
      await expect(repository.save(workspaceManifest({ slug }), revision)).rejects.toMatchObject(refused);
    }
    expect(await folder.read(name)).toBe(Buffer.from(content).toString());
    expect(await folder.read(copy)).toBe(Buffer.from(content).toString());
    // The others go on; what the damaged one names cannot be known.
    expect(await titles(repository)).toEqual([['a', 'a']]);
    expect(told.map(({ code }) => code)).toEqual(Array(4).fill('LEGACY_FILE_CORRUPT'));
    await expect(repository.knownChecksums([checksum])).rejects.toMatchObject(refused);
    const outcomes = await Promise.allSettled([
      repository.save(workspaceManifest({ slug: 'a' }), 1),
      repository.save(workspaceManifest({ slug }), 1),
      repository.save(workspaceManifest({ slug: 'b' }), 0),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await folder.write(name, '{"title":"mended"}');
    expect((await repository.get(slug))?.title).toBe('mended');
  });

  it('says which field, and nothing of what is in it', async () => {
    const { repository } = await opened({
      'fix-login/workspace.json': '{"baseline":[],"title":"secret\\nsecret"}',
    });
    const error = await repository.get(slug).catch((each: unknown) => each);
    expect(String(error)).toContain('title');
    expect(String(error)).not.toContain('secret');
  });
});

describe('several writers', () => {
  it('that save one revision: one wins, the others learn of it', async () => {
    const { folder, repository } = await opened({});
    const other = new LegacyWorkspaceRepository({ folder: folder.path });
    for (let revision = 0; revision < 10; revision += 1) {
      const outcomes = await Promise.allSettled(
        [repository, other, repository, other].map((each, index) =>
          each.save(workspaceManifest({ slug, title: `by ${index}` }), revision),
        ),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    expect(await other.get(slug)).toMatchObject({ revision: 10 });
    expect(await folder.names()).toEqual(['fix-login']);
  });

  it('refuse a manifest that could not be read back, and keep what is there', async () => {
    const { repository } = await opened({});
    const saved = await repository.save(workspaceManifest({ slug }), 0);
    const broken = { ...saved, title: 'two\nlines' };
    await expect(repository.save(broken, 1)).rejects.toMatchObject({ code: 'WORKSPACE_MANIFEST_CORRUPT' });
    expect(await repository.get(slug)).toEqual(saved);
  });
});
