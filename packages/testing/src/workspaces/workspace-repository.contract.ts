import { describe, expect, it } from '@jest/globals';
import type { WorkspaceManifest } from '@markitect/domain';
import type { WorkspaceRepository } from '@markitect/ports';
import { contentHash } from '../documents/document-draft.js';
import { allItems, allPages, forgedCursors } from '../documents/repository-contract/contract-section.js';
import { gathered } from '../gathered.js';
import { markitectFailure } from '../markitect-failure.js';
import { describeStreaming, type Streamed } from '../streaming.contract.js';
import { workspaceManifest } from './workspace-manifest.js';

/** Gives a new, empty repository. */
export type OpenWorkspaceRepository = () => Promise<{
  readonly repository: WorkspaceRepository;
  close(): Promise<void>;
}>;

/** What every WorkspaceRepository promises, inside of a unit of work and outside. */
export function describeWorkspaceRepositoryContract(name: string, open: OpenWorkspaceRepository): void {
  const test = (body: (repository: WorkspaceRepository) => Promise<void>) => async () => {
    const opened = await open();
    try {
      await body(opened.repository);
    } finally {
      await opened.close();
    }
  };
  const file = (path: string, content = path) => ({
    path,
    checksum: contentHash(content),
    bytes: Buffer.byteLength(content),
  });
  const full: WorkspaceManifest = workspaceManifest({
    slug: 'fix-login',
    title: "It's “quoted” – 日本語 😀 %_\\",
    template: 'team',
    baseline: [file('a.md'), file('attachments/Ünïcode 😀.txt'), file('empty', '')],
    updatedAt: '2026-02-03T04:05:06.789Z',
    savedAt: '2026-02-03T04:05:06.789Z',
    end: { as: 'finished', at: '2026-02-03T04:05:06.789Z', archive: 'fix-login-2026-02-03.tar.gz' },
  });
  const slugs = (items: readonly WorkspaceManifest[]) => items.map(({ slug }) => slug);

  describe(`${name} keeps the WorkspaceRepository contract`, () => {
    it(
      'gives back what was saved, with the next revision',
      test(async (repository) => {
        const saved = await repository.save({ ...full, revision: 99 }, 0);
        expect(saved).toEqual({ ...full, revision: 1 });
        expect(await repository.get(full.slug)).toEqual(saved);
        const plain = workspaceManifest({ slug: '1' });
        expect(await repository.save(plain, 0)).toEqual({ ...plain, revision: 1 });
        expect(await repository.get(plain.slug)).toEqual({ ...plain, revision: 1 });
      }),
    );

    it(
      'has nothing where nothing was saved',
      test(async (repository) => {
        expect(await repository.get(full.slug)).toBeUndefined();
        expect(await repository.list({})).toEqual({ items: [] });
      }),
    );

    it(
      'replaces the whole manifest of a slug',
      test(async (repository) => {
        await repository.save(full, 0);
        const again = workspaceManifest({ slug: full.slug, id: 'another' });
        expect(await repository.save(again, 1)).toEqual({ ...again, revision: 2 });
        expect(await repository.get(full.slug)).toEqual({ ...again, revision: 2 });
      }),
    );

    it.each([0, 1, 3])(
      'refuses to save over another revision than %p, which is not the stored one',
      (expected) =>
        test(async (repository) => {
          await repository.save(full, 0);
          const stored = await repository.save(full, 1);
          const error = await markitectFailure(() => repository.save({ ...full, title: 'other' }, expected));
          expect(error).toMatchObject({ code: 'WORKSPACE_CHANGED', details: { slug: full.slug } });
          expect(await repository.get(full.slug)).toEqual(stored);
        })(),
    );

    it(
      'refuses to change what is not there',
      test(async (repository) => {
        const error = await markitectFailure(() => repository.save(full, 1));
        expect(error.code).toBe('WORKSPACE_CHANGED');
        expect(await repository.get(full.slug)).toBeUndefined();
      }),
    );

    it(
      'lets one of several win that save the same revision at the same time',
      test(async (repository) => {
        await repository.save(full, 0);
        const results = await Promise.allSettled(
          Array.from({ length: 10 }, (_, index) => repository.save({ ...full, title: `t${index}` }, 1)),
        );
        const won = results.filter(({ status }) => status === 'fulfilled');
        expect(won).toHaveLength(1);
        expect((await repository.get(full.slug))?.revision).toBe(2);
      }),
    );

    it(
      'does not share what it keeps',
      test(async (repository) => {
        const baseline = [file('a.md')];
        const saved = await repository.save(workspaceManifest({ baseline }), 0);
        baseline.push(file('b.md'));
        expect((await repository.get(saved.slug))?.baseline).toEqual([file('a.md')]);
      }),
    );

    it(
      'lists by slug, in pages, those of one phase or all',
      test(async (repository) => {
        const named = ['10', '2', 'a', 'a-b', 'ab', 'z'];
        for (const [index, slug] of [...named].reverse().entries()) {
          const as = index % 2 === 0 ? 'finished' : 'abandoned';
          const end = { as, at: '2026-01-01T00:00:00.000Z' } as const;
          await repository.save(workspaceManifest(index < 2 ? { slug } : { slug, end }), 0);
        }
        expect(slugs((await repository.list({})).items)).toEqual(named);
        for (const [phase, expected] of [
          ['open', ['ab', 'z']],
          ['finished', ['2', 'a-b']],
          ['abandoned', ['10', 'a']],
        ] as const) {
          const { items } = await repository.list({ phase });
          expect(slugs(items)).toEqual(expected);
          expect(await gathered(repository.stream({ phase }))).toEqual(items);
        }
        for (const limit of [1, 2, 3, 5, 6, 7]) {
          const pages = await allPages((request) => repository.list({ limit, ...request }));
          expect(pages.flatMap(({ items }) => slugs(items))).toEqual(named);
          expect(pages).toHaveLength(Math.ceil(named.length / limit));
        }
        const ended = await allItems((request) =>
          repository.list({ phase: 'finished', limit: 1, ...request }),
        );
        expect(slugs(ended)).toEqual(['2', 'a-b']);
      }),
    );

    describeStreaming('workspaces', test, (repository): Streamed<WorkspaceManifest> => ({
      add: (names) => Promise.all(names.map((slug) => repository.save(workspaceManifest({ slug }), 0))),
      stream: () => repository.stream({}),
      nameOf: ({ slug }) => slug,
    }));

    it(
      'refuses cursors that are none, or of another query, and limits out of range',
      test(async (repository) => {
        for (const slug of ['1', '2', '3']) await repository.save(workspaceManifest({ slug }), 0);
        const { nextCursor = '' } = await repository.list({ limit: 1 });
        for (const cursor of forgedCursors(nextCursor)) {
          expect((await markitectFailure(() => repository.list({ cursor }))).code).toBe('CURSOR_INVALID');
        }
        const other = await markitectFailure(() => repository.list({ phase: 'open', cursor: nextCursor }));
        expect(other.code).toBe('CURSOR_INVALID');
        for (const limit of [0, 501, 1.5]) {
          expect((await markitectFailure(() => repository.list({ limit }))).code).toBe('REQUEST_INVALID');
        }
      }),
    );

    it(
      'knows the checksums in the baselines of open workspaces, as they are now',
      test(async (repository) => {
        const [a, b, c] = [contentHash('a'), contentHash('b'), contentHash('c')];
        const end = { as: 'abandoned', at: '2026-01-01T00:00:00.000Z' } as const;
        await repository.save(workspaceManifest({ slug: '1', baseline: [file('a'), file('b')] }), 0);
        await repository.save(workspaceManifest({ slug: '2', baseline: [file('a')] }), 0);
        await repository.save(workspaceManifest({ slug: '3', baseline: [file('c')], end }), 0);
        expect(await repository.knownChecksums([a, b, c, a])).toEqual(new Set([a, b]));
        await repository.save(workspaceManifest({ slug: '1', baseline: [file('c')] }), 1);
        expect(await repository.knownChecksums([a, b, c])).toEqual(new Set([a, c]));
        await repository.save(workspaceManifest({ slug: '2', baseline: [file('a')], end }), 1);
        expect(await repository.knownChecksums([a, b, c])).toEqual(new Set([c]));
        expect(await repository.knownChecksums([])).toEqual(new Set());
        const many = Array.from({ length: 2000 }, (_, index) => contentHash(`${index}`));
        expect(await repository.knownChecksums([...many, c])).toEqual(new Set([c]));
      }),
    );
  });
}
