import { resolve } from 'node:path';
import type { DiagramFormat } from '@markitect/adapter-sqlite';
import { printableLine } from '../terminal/printable.js';
import { defineCommand } from './command.js';
import { nonEmpty } from './option-values.js';
import { withDatabase } from './with-database.js';

interface Options {
  readonly format: DiagramFormat;
  readonly out?: string;
}

/** `markitect db diagram` */
export const dbDiagram = defineCommand<Options>({
  name: ['db', 'diagram'],
  summary: 'draw the tables of the database as they really are',
  description: 'From the schema that the database has now, that of an earlier version included.',
  options: [
    {
      flags: '--format <format>',
      description: 'mermaid: an entity diagram, as Markdown renders it; dot: for Graphviz',
      choices: ['mermaid', 'dot'],
      default: 'mermaid',
    },
    {
      flags: '-o, --out <file>',
      description: 'write it to a new file instead of printing it',
      parse: nonEmpty('--out'),
    },
  ],
  examples: [
    { command: 'markitect db diagram', does: 'print it' },
    { command: 'markitect db diagram --format dot | dot -Tsvg > schema.svg', does: 'as a picture' },
  ],
  json: `{ format: 'mermaid' | 'dot'; diagram: string; file?: string }`,
  async run(context, _args, { format, out }) {
    const { terminal } = context;
    const diagram = await withDatabase(context, (database) => database.diagram(format));
    const file = out === undefined ? undefined : resolve(context.cwd, out);
    if (file !== undefined) {
      const { writeNewFile } = await import('../composition/write-new-file.js');
      await writeNewFile(file, diagram);
    }
    if (terminal.json) terminal.printJson({ format, diagram, ...(file === undefined ? {} : { file }) });
    else if (file === undefined) terminal.write(diagram);
    else terminal.print(`Wrote ${printableLine(file)}`);
  },
});
