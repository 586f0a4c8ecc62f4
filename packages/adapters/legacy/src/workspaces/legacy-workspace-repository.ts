import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  Conflict,
  isMarkitectError,
  isWorkspaceSlug,
  type JsonObject,
  type JsonValue,
  type MarkitectError,
  type Page,
  pageLimit,
  type PageRequest,
  parseWorkspaceManifest,
  parseWorkspaceSlug,
  type WorkspaceManifest,
  workspacePhase,
  type WorkspaceSlug,
} from '@markitect/domain';
import { decodeCursor, encodeCursor, type WorkspaceQuery, type WorkspaceRepository } from '@markitect/ports';
import { errnoOf, fileSystemError } from '../file-system-error.js';
import type { HeldLock } from '../json-files/file-lock.js';
import { defaultStyle, styleOf } from '../json-files/json-style.js';
import type { JsonFilesOptions, KeyedText } from '../json-files/keyed-texts.js';
import { replaceFile, syncFolder, temporaryPath } from '../json-files/place-file.js';
import { readSettled } from '../json-files/read-settled.js';
import { runChanges, type WaitingChange, WriteQueue } from '../json-files/write-queue.js';
import { markdownHead } from './markdown-head.js';
import { manifestIn, workspaceText } from './workspace-text.js';

/** Where workspaces are kept. */
export interface LegacyWorkspaceOptions extends Pick<JsonFilesOptions, 'lockTimeoutMs' | 'onDamaged'> {
  /** The folder of the folders of the workspaces, absolute. Made with the first write. */
  readonly folder: string;
  /** What the file in each of them is called, without `.json` or `.md`. Default `workspace`. */
  readonly fileName?: string;
}

/**
 * Workspaces as tools keep them that know no database: a folder for each, called as its slug, and in it a file
 * `workspace.json` that says what it is; where there is none, the head of `workspace.md`, which is read and never
 * written. Files of other programs are read by any of their names, and are written in our form with the next change.
 *
 * Written straight to the disk, one after the other, in no unit of work: what a use case changes besides, in the folder
 * or elsewhere, is neither held back nor undone with it. One file is whole or not changed, and of several processes that
 * save one revision one wins. A list reads the folder, and the file of each workspace on its page and of those between
 * that are in another phase.
 *
 * Besides what its port says it throws Corrupt `LEGACY_FILE_CORRUPT` for a damaged file, of which a copy is set aside and
 * to which nothing is written; `list` and `stream` leave it out, as `onDamaged` is told, and `knownChecksums` throws, since
 * it cannot know. Forbidden `FILE_UNREADABLE`, `FILE_UNWRITABLE`; Unavailable `FILE_SYSTEM_FAILED`, `LEGACY_FILE_BUSY`.
 */
export class LegacyWorkspaceRepository implements WorkspaceRepository {
  readonly #folder: string;
  readonly #fileName: string;
  readonly #onDamaged: ((error: MarkitectError) => void) | undefined;
  readonly #queue: WriteQueue;

  constructor({ folder, fileName = 'workspace', lockTimeoutMs = 15_000, onDamaged }: LegacyWorkspaceOptions) {
    this.#folder = resolve(folder);
    this.#fileName = fileName;
    this.#onDamaged = onDamaged;
    this.#queue = new WriteQueue(join(this.#folder, '.markitect.lock'), lockTimeoutMs, (changes, lock) =>
      this.#carry(changes, lock),
    );
  }

  async get(slug: WorkspaceSlug): Promise<WorkspaceManifest | undefined> {
    // It becomes the name of a folder: a type alone holds nobody who means harm.
    const kept = await this.#read(parseWorkspaceSlug(slug));
    return kept && manifestIn(slug, kept);
  }

  async list({ phase, ...page }: WorkspaceQuery): Promise<Page<WorkspaceManifest>> {
    const limit = pageLimit(page);
    const sequence = ['workspaces', phase ?? null];
    const [after = ''] = page.cursor === undefined ? [] : decodeCursor(page.cursor, sequence, isPlace);
    const items: WorkspaceManifest[] = [];
    for await (const manifest of this.#sound(phase, after)) {
      const last = items.at(-1);
      if (items.length === limit && last !== undefined) {
        return { items, nextCursor: encodeCursor(sequence, [last.slug]) };
      }
      items.push(manifest);
    }
    return { items };
  }

  stream({ phase }: Omit<WorkspaceQuery, keyof PageRequest>): AsyncIterable<WorkspaceManifest> {
    return this.#sound(phase, '');
  }

  async save(manifest: WorkspaceManifest, expectedRevision: number): Promise<WorkspaceManifest> {
    const slug = parseWorkspaceSlug(manifest.slug);
    // The caller may go on to use the object.
    const given = JSON.stringify(manifest);
    return this.#queue.change([slug], (current) => {
      const before = current.get(slug);
      const revision = before === undefined ? 0 : manifestIn(slug, before).revision;
      if (revision !== expectedRevision) {
        throw new Conflict(
          'WORKSPACE_CHANGED',
          `workspace ${slug} is at revision ${revision}, not ${expectedRevision}`,
          { details: { slug, revision, expectedRevision } },
        );
      }
      const next = parseWorkspaceManifest({ ...(JSON.parse(given) as JsonObject), revision: revision + 1 });
      current.put(slug, ({ style }) => workspaceText(next, style, before));
      return next;
    });
  }

  async knownChecksums(checksums: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = new Set(checksums);
    const known = new Set<string>();
    for (const slug of await this.#slugs()) {
      const manifest = await this.get(slug);
      if (manifest === undefined || workspacePhase(manifest) !== 'open') continue;
      for (const { checksum } of manifest.baseline) if (asked.has(checksum)) known.add(checksum);
    }
    return known;
  }

  /** By slug, those behind one that are there and can be read. */
  async *#sound(phase: WorkspaceQuery['phase'], after: string): AsyncGenerator<WorkspaceManifest, void> {
    for (const slug of await this.#slugs()) {
      if (slug <= after) continue;
      const manifest = await this.get(slug).catch(unlessDamaged);
      if (manifest === undefined || workspacePhase(manifest) !== (phase ?? workspacePhase(manifest)))
        continue;
      yield manifest;
    }
  }

  async #slugs(): Promise<readonly WorkspaceSlug[]> {
    try {
      // Of a-z, 0-9 and hyphens alone: the order of units is that of code points.
      return (await readdir(this.#folder)).filter(isWorkspaceSlug).sort();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileSystemError(error, this.#folder, 'read');
    }
  }

  /** The file of a workspace, as JSON. */
  async #read(slug: WorkspaceSlug): Promise<KeyedText | undefined> {
    return (
      (await this.#readFile(slug, '.json', (text) => text)) ??
      (await this.#readFile(slug, '.md', (text) => JSON.stringify(markdownHead(text), undefined, 2)))
    );
  }

  async #readFile(
    slug: WorkspaceSlug,
    ending: '.json' | '.md',
    jsonOf: (text: string) => string,
  ): Promise<KeyedText | undefined> {
    try {
      const found = await readSettled(this.#path(slug, ending), (source, changedAt) => {
        const text = jsonOf(source.replace(/^\ufeff/, ''));
        const kept = { text, fileChangedAt: changedAt.toISOString() };
        // What cannot be understood is damaged; whoever asks is told of it by the name of the file.
        manifestIn(slug, kept);
        return kept;
      });
      return found?.content;
    } catch (error) {
      if (!isMarkitectError(error)) throw error;
      // What has the name of a workspace and is no folder is none.
      if (error.details.errno === 'ENOTDIR') return undefined;
      if (error.code === 'LEGACY_FILE_CORRUPT') this.#onDamaged?.(error);
      throw error;
    }
  }

  /** One after the other: of those that waited together some may be stored, and some not. */
  async #carry(changes: readonly WaitingChange[], lock: HeldLock): Promise<void> {
    let isWritten = false;
    for (const change of changes) {
      try {
        const slug = parseWorkspaceSlug(change.keys[0] ?? '');
        const before = await this.#read(slug);
        const style = before === undefined ? defaultStyle : styleOf(before.text);
        const outcome = runChanges(
          [change],
          () => before,
          () => ({ style, depth: 0, keyField: undefined }),
        );
        const text = outcome.get(slug)?.text;
        if (text === undefined) continue;
        await mkdir(join(this.#folder, slug), { recursive: true });
        // Beside the folders: within one it would be a file of the workspace until it is in place.
        const temporary = temporaryPath(this.#folder, lock.token);
        await replaceFile(this.#path(slug, '.json'), `${text}\n`, temporary, lock);
        isWritten = true;
      } catch (error) {
        change.fail(fileSystemError(error, this.#folder, 'write'));
      }
    }
    // None of them is acknowledged before. Also where no folder is new: whoever made it may have been killed.
    if (isWritten) await syncFolder(this.#folder);
  }

  #path(slug: WorkspaceSlug, ending: '.json' | '.md'): string {
    return join(this.#folder, slug, this.#fileName + ending);
  }
}

function unlessDamaged(error: unknown): undefined {
  if (isMarkitectError(error) && error.code === 'LEGACY_FILE_CORRUPT') return;
  throw error;
}

function isPlace(place: readonly JsonValue[]): place is readonly [string] {
  return place.length === 1 && typeof place[0] === 'string';
}
