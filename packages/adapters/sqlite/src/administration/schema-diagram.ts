import type { SchemaColumn, SchemaTable } from './schema.js';

/** The forms in which a schema is drawn: Mermaid's entity diagram, or Graphviz. */
export const diagramFormats = ['mermaid', 'dot'] as const;
export type DiagramFormat = (typeof diagramFormats)[number];

/** A schema as the text of a diagram, with a line break at its end. */
export function drawSchema(tables: readonly SchemaTable[], format: DiagramFormat): string {
  return `${(format === 'dot' ? drawDot(tables) : drawMermaid(tables)).join('\n')}\n`;
}

/** A line from one table to another. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly isSearch: boolean;
}

function edgesOf({ name, references, searches }: SchemaTable): Edge[] {
  return [
    ...references.map(({ table, columns }) => ({
      from: table,
      to: name,
      label: columns.join(', '),
      isSearch: false,
    })),
    ...(searches === undefined ? [] : [{ from: searches, to: name, label: 'full text', isSearch: true }]),
  ];
}

/** What a column is besides a value. */
function marksOf({ name, key }: SchemaColumn, { references, indexes }: SchemaTable): string[] {
  return [
    ...(key > 0 ? ['PK'] : []),
    ...(references.some(({ columns }) => columns.includes(name)) ? ['FK'] : []),
    ...(indexes.some(({ columns, isUnique }) => isUnique && columns.length === 1 && columns[0] === name)
      ? ['UK']
      : []),
  ];
}

function typeOf({ type }: SchemaColumn): string {
  return /^\w+/.exec(type.toLowerCase())?.[0] ?? 'text';
}

function drawMermaid(tables: readonly SchemaTable[]): string[] {
  return [
    'erDiagram',
    ...tables.flatMap((table) => [
      `  ${table.name} {`,
      ...table.columns.map((column) => {
        const marks = marksOf(column, table);
        return `    ${typeOf(column)} ${column.name}${marks.length === 0 ? '' : ` ${marks.join(', ')}`}`;
      }),
      '  }',
    ]),
    ...tables
      .flatMap(edgesOf)
      .map(
        ({ from, to, label, isSearch }) => `  ${from} ${isSearch ? '||..o|' : '||--o{'} ${to} : "${label}"`,
      ),
  ];
}

function drawDot(tables: readonly SchemaTable[]): string[] {
  return [
    'digraph schema {',
    '  rankdir=LR; node [shape=record, fontname="sans-serif"]; edge [fontname="sans-serif"];',
    ...tables.map((table) => {
      const columns = table.columns.map((column) =>
        [`${column.name}: ${typeOf(column)}`, ...marksOf(column, table)].join(' '),
      );
      return `  "${table.name}" [label="{${table.name}|${columns.map((each) => `${each}\\l`).join('')}}"];`;
    }),
    ...tables
      .flatMap(edgesOf)
      .map(
        ({ from, to, label, isSearch }) =>
          `  "${to}" -> "${from}" [label="${label}"${isSearch ? ', style=dashed' : ''}];`,
      ),
    '}',
  ];
}
