import {
  Conflict,
  Corrupt,
  type JsonValue,
  type Page,
  pageLimit,
  parseWorkspaceManifest,
  type WorkspaceManifest,
  workspacePhase,
  type WorkspaceSlug,
} from '@markitect/domain';
import { decodeCursor, encodeCursor, type WorkspaceQuery } from '@markitect/ports';
import type { SqlExecutor, SqlReader } from '../engine/sql-executor.js';

/** The manifest of a workspace, or `undefined`. Throws Corrupt `WORKSPACE_MANIFEST_CORRUPT`. */
export async function readWorkspace(
  reader: SqlReader,
  slug: WorkspaceSlug,
): Promise<WorkspaceManifest | undefined> {
  const [row] = await reader.all<{ manifest: string }>('SELECT manifest FROM workspaces WHERE slug = ?', [
    slug,
  ]);
  return row && manifestOf(row.manifest);
}

/** One page of manifests by slug: an index range that starts where the page before ended. */
export async function listWorkspaces(
  reader: SqlReader,
  { phase, ...page }: WorkspaceQuery,
): Promise<Page<WorkspaceManifest>> {
  const limit = pageLimit(page);
  const sequence = ['workspaces', phase ?? null];
  const conditions = ['true'];
  const parameters: string[] = [];
  if (phase !== undefined) {
    conditions.push('phase = ?');
    parameters.push(phase);
  }
  if (page.cursor !== undefined) {
    conditions.push('slug > ?');
    parameters.push(...decodeCursor<readonly [string]>(page.cursor, sequence, isPlace));
  }
  const rows = await reader.all<{ manifest: string }>(
    `SELECT manifest FROM workspaces WHERE ${conditions.join(' AND ')} ORDER BY slug LIMIT ?`,
    [...parameters, limit + 1],
  );
  const items = rows.slice(0, limit).map(({ manifest }) => manifestOf(manifest));
  const last = items.at(-1);
  return rows.length <= limit || last === undefined
    ? { items }
    : { items, nextCursor: encodeCursor(sequence, [last.slug]) };
}

/** Stores a manifest over the revision expected. Throws Conflict `WORKSPACE_CHANGED`. */
export async function saveWorkspace(
  transaction: SqlExecutor,
  manifest: WorkspaceManifest,
  expectedRevision: number,
): Promise<WorkspaceManifest> {
  const { slug } = manifest;
  const [row] = await transaction.all<{ revision: number }>(
    'SELECT revision FROM workspaces WHERE slug = ?',
    [slug],
  );
  const revision = row?.revision ?? 0;
  if (revision !== expectedRevision) {
    throw new Conflict(
      'WORKSPACE_CHANGED',
      `workspace ${slug} is at revision ${revision}, not ${expectedRevision}`,
      { details: { slug, revision, expectedRevision } },
    );
  }
  const stored = { ...manifest, revision: revision + 1 };
  const phase = workspacePhase(stored);
  const written = JSON.stringify(stored);
  await transaction.run(
    `INSERT INTO workspaces(slug, phase, revision, manifest) VALUES (?, ?, ?, ?)
     ON CONFLICT(slug) DO UPDATE SET phase = excluded.phase, revision = excluded.revision, manifest = excluded.manifest`,
    [slug, phase, stored.revision, written],
  );
  await transaction.run('DELETE FROM workspace_checksums WHERE slug = ?', [slug]);
  if (phase === 'open') {
    await transaction.run(
      'INSERT INTO workspace_checksums(checksum, slug) SELECT DISTINCT value, ? FROM json_each(?)',
      [slug, JSON.stringify(stored.baseline.map(({ checksum }) => checksum))],
    );
  }
  return manifestOf(written);
}

/** Of these checksums, those that the baseline of some open workspace has. */
export async function knownChecksums(
  reader: SqlReader,
  checksums: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await reader.all<{ checksum: string }>(
    'SELECT DISTINCT checksum FROM workspace_checksums WHERE checksum IN (SELECT value FROM json_each(?))',
    [JSON.stringify(checksums)],
  );
  return new Set(rows.map(({ checksum }) => checksum));
}

function manifestOf(stored: string): WorkspaceManifest {
  let value: JsonValue;
  try {
    value = JSON.parse(stored) as JsonValue;
  } catch (cause) {
    throw new Corrupt('WORKSPACE_MANIFEST_CORRUPT', 'a stored workspace manifest is damaged: no JSON', {
      cause,
    });
  }
  return parseWorkspaceManifest(value);
}

function isPlace(place: readonly JsonValue[]): place is readonly [string] {
  return place.length === 1 && typeof place[0] === 'string';
}
