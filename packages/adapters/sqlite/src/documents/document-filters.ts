import { foldTag } from '@markitect/adapter-sql';
import type { DocumentQuery } from '@markitect/ports';
import type { SqlValue } from '../engine/sqlite-handle.js';

/** A condition with its parameters, in the order of its question marks. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** The conditions on a document `d` that a query's filters make. */
export function filterConditions(
  filters: Pick<DocumentQuery, 'prefix' | 'after' | 'tag' | 'frontMatter'>,
): Condition[] {
  const conditions: Condition[] = [];
  if (filters.after !== undefined) conditions.push({ sql: 'd.path > ?', parameters: [filters.after] });
  if (filters.prefix !== undefined && filters.prefix !== '') {
    conditions.push(...prefixConditions('d.path', filters.prefix.toWellFormed().normalize('NFC')));
  }
  if (filters.tag !== undefined) {
    conditions.push({
      sql: 'd.id IN (SELECT document_id FROM document_tags WHERE tag = ?)',
      parameters: [foldTag(filters.tag)],
    });
  }
  for (const [field, value] of Object.entries(filters.frontMatter ?? {})) {
    conditions.push({ sql: hasFrontMatter, parameters: [field, value, numberWrittenAs(value)] });
  }
  return conditions;
}

/** Joins conditions with AND. */
export function allOf(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.length === 0 ? 'true' : conditions.map((each) => each.sql).join(' AND '),
    parameters: conditions.flatMap((each) => each.parameters),
  };
}

/**
 * The texts that begin with a prefix, as a range that an index serves. SQLite orders texts by their UTF-8 bytes,
 * which is the order of their code points.
 */
export function prefixConditions(column: string, prefix: string): Condition[] {
  const end = successor(prefix);
  return [
    { sql: `${column} >= ?`, parameters: [prefix] },
    ...(end === undefined ? [] : [{ sql: `${column} < ?`, parameters: [end] }]),
  ];
}

/** The first text after all texts that begin with this one; `undefined` when there is none. */
export function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Surrogates are not characters: U+E000 follows U+D7FF.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
}

/** The number that is written as this text and no other way; no number is written otherwise in front matter. */
function numberWrittenAs(text: string): number | null {
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : null;
}

const isValue = (item: string): string => `CASE ${item}.type
  WHEN 'text' THEN ${item}.value = sought.text
  WHEN 'true' THEN sought.text = 'true' WHEN 'false' THEN sought.text = 'false'
  WHEN 'integer' THEN ${item}.value = sought.number WHEN 'real' THEN ${item}.value = sought.number
  ELSE false END`;

/**
 * Parameters: the field's name, its value, its value as a number. Walks down from the whole front matter: a key that
 * is the rest of the name is the field, a key that begins the rest is followed. Names are compared, never put
 * into a JSON path, so any key can be asked for.
 */
const hasFrontMatter = `EXISTS (
  WITH RECURSIVE
    sought(name, text, number) AS (SELECT ?, ?, ?),
    walk(rest, type, value) AS (
      SELECT sought.name, 'object', CASE WHEN json_valid(d.front_matter) THEN d.front_matter ELSE '{}' END FROM sought
      UNION ALL
      SELECT substr(walk.rest, length(item.key) + 2), item.type, item.value
      FROM walk, json_each(CASE walk.type WHEN 'object' THEN walk.value ELSE '{}' END) AS item
      WHERE walk.rest <> '' AND (walk.rest = item.key OR substr(walk.rest, 1, length(item.key) + 1) = item.key || '.')
    )
  SELECT 1 FROM walk, sought
  WHERE walk.rest = '' AND (
    ${isValue('walk')} OR EXISTS (
      SELECT 1 FROM json_each(CASE walk.type WHEN 'array' THEN walk.value ELSE '[]' END) AS item
      WHERE ${isValue('item')}
    )
  )
)`;
