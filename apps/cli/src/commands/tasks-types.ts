import type { TaskType } from '@markitect/application';
import { defineCommand } from './command.js';
import { withTasks } from './tasks-view.js';

/** A type with the JSON Schema of its payload, as text for people. */
interface Row extends Pick<TaskType, 'type' | 'summary'> {
  readonly payload: object;
}

/** `markitect tasks types` */
export const tasksTypes = defineCommand({
  name: ['tasks', 'types'],
  summary: 'the types of tasks that are known, and what they ask for',
  description:
    'Fields with "?" may be left out. Not on a terminal: type, payload and what it does, separated by tabs. ' +
    '--json has the JSON Schemas of the payloads.',
  examples: [{ command: 'markitect tasks types', does: 'what can be enqueued' }],
  json: `{
  items: { type: string; summary: string; payload: object }[];   // payload: a JSON Schema
}`,
  async run(context) {
    const { terminal } = context;
    const { payloadSchema } = await import('@markitect/application');
    const items = await withTasks(context, ({ tasks }) =>
      Promise.resolve(
        tasks.types().map((known): Row => ({
          type: known.type,
          summary: known.summary,
          payload: payloadSchema(known),
        })),
      ),
    );
    if (terminal.json) {
      terminal.printJson({ items });
      return;
    }
    const { style } = terminal;
    terminal.print(
      ...items.flatMap(({ type, summary, payload }) =>
        terminal.isInteractive
          ? [`${style.bold(type)}  ${summary}`, `  ${style.dim('payload')} ${fieldsOf(payload)}`]
          : [[type, fieldsOf(payload), summary].join('\t')],
      ),
    );
  },
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
}

/** `{ paths, prune? }` */
function fieldsOf(schema: JsonSchema): string {
  const { properties, required = [] } = schema.properties === undefined ? (schema.anyOf?.[0] ?? {}) : schema;
  if (properties === undefined) return '';
  const names = Object.entries(properties).map(([name, field]) =>
    required.includes(name) && field.default === undefined ? name : `${name}?`,
  );
  return `{ ${names.join(', ')} }`;
}
