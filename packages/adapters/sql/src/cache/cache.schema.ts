import type { TableSchema } from '../documents/document.schema.js';

/** A row of `cache`: one entry of a cache tier. */
export interface CacheRow {
  /** Ascends in the order of writing. */
  id: number;
  key: string;
  version: number;
  /** Milliseconds since 1970; null: never. */
  expires_at: number | null;
  /** What it occupies, key included. */
  bytes: number;
  /** Text or bytes: SQLite keeps the type of the value. */
  body: Uint8Array;
}

/** A row of `cache_invalidations`: the newest invalidation of one name. */
export interface CacheInvalidationRow {
  position: number;
  name: string;
  /** Milliseconds since 1970. */
  invalidated_at: number;
}

/** A row of `cache_leases`. */
export interface CacheLeaseRow {
  name: string;
  token: string;
  /** Milliseconds since 1970. */
  held_until: number;
  /** JSON: what the last holder has failed with, as long as it is passed on. */
  failure: string | null;
}

const text = { type: 'text' } as const;
const integer = { type: 'integer' } as const;

/** The table of cache entries. The large column comes last. */
export const cacheTable: TableSchema<CacheRow> = {
  name: 'CacheRow',
  tableName: 'cache',
  columns: {
    id: { ...integer, primary: true, primaryKeyConstraintName: 'cache_pk' },
    key: text,
    version: integer,
    expires_at: { ...integer, nullable: true },
    bytes: integer,
    body: { type: 'blob' },
  },
  indices: [
    { name: 'cache_by_key', columns: ['key'], unique: true },
    { name: 'cache_by_expires_at', columns: ['expires_at'] },
  ],
};

/** The table of invalidations. Positions are never used again. */
export const cacheInvalidationTable: TableSchema<CacheInvalidationRow> = {
  name: 'CacheInvalidationRow',
  tableName: 'cache_invalidations',
  columns: {
    position: { ...integer, primary: true, generated: 'increment' },
    name: text,
    invalidated_at: integer,
  },
  indices: [{ name: 'cache_invalidations_by_name', columns: ['name'], unique: true }],
};

/** The table of leases. */
export const cacheLeaseTable: TableSchema<CacheLeaseRow> = {
  name: 'CacheLeaseRow',
  tableName: 'cache_leases',
  columns: {
    name: { ...text, primary: true, primaryKeyConstraintName: 'cache_leases_pk' },
    token: text,
    held_until: integer,
    failure: { ...text, nullable: true },
  },
};
