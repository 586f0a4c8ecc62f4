import type { Application } from '@markitect/api';
import type { JsonObject, JsonValue } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import { UsageError } from '../program/usage-error.js';
import type { OptionDefinition } from './command.js';
import { nonEmpty, wholeNumber } from './option-values.js';
import { bodyOf } from './text-option.js';

/** What is kept about people, by component. */
type PeopleComponent = keyof Application['people'];

/** Runs `work` with what is kept about people in the project the working folder lies in. */
export async function withPeople<T>(
  context: CommandContext,
  work: (people: Application['people']) => Promise<T>,
): Promise<T> {
  return context.withApplication(({ people }) => work(people), { config: await context.projectConfig() });
}

/** The same for what only reads a component. Says on stderr when the store answers that stands in for the right one. */
export async function readPeople<T>(
  context: CommandContext,
  component: PeopleComponent,
  work: (people: Application['people']) => Promise<T>,
): Promise<T> {
  return context.withApplication(
    async ({ people, cutover }) => {
      const answer = await work(people);
      if ((await cutover.degraded()).includes(component)) {
        // Asked only for the note: without an answer it says less.
        const side = await cutover.standIn(component).catch(() => undefined);
        const by =
          side === undefined
            ? 'by what was last known of its stage'
            : `by the ${side} store, which stands in`;
        const { noteStyle } = context.terminal;
        context.terminal.note(
          noteStyle.yellow(
            `note: ${component} ${component === 'configuration' ? 'is' : 'are'} answered ${by}`,
          ),
        );
      }
      return answer;
    },
    { config: await context.projectConfig() },
  );
}

/** Names the file of a value. */
export const fileOption: OptionDefinition = {
  flags: '--file <file>',
  description: 'the same from a file, in UTF-8; "-": from the standard input',
  parse: nonEmpty('--file'),
};

/** The version that a write is about. */
export const expectedOption: OptionDefinition = {
  flags: '--expected <version>',
  description: 'only if it is at this version; 0: only if there is none',
  parse: wholeNumber('--expected', 0, Number.MAX_SAFE_INTEGER),
};

/** A text that stands in an argument called `name`, or in the file of {@link fileOption}. Throws UsageError. */
export async function textOf(
  context: CommandContext,
  name: string,
  text: string | undefined,
  file: string | undefined,
): Promise<string> {
  if ((text === undefined) === (file === undefined)) {
    throw new UsageError(`give it either as ${name} or with --file`, { field: name });
  }
  return (
    (await bodyOf(context, file === undefined ? { body: text ?? '' } : { bodyFile: file }, '--file')) ?? ''
  );
}

/** The JSON object of {@link textOf}. Throws UsageError. */
export async function objectOf(
  context: CommandContext,
  text: string | undefined,
  file: string | undefined,
): Promise<JsonObject> {
  return parseObject(await textOf(context, 'json', text, file), file === undefined ? 'json' : '--file');
}

/** A JSON object. Throws UsageError naming the field. */
export function parseObject(text: string, field: string): JsonObject {
  const value = parseJson(text, field);
  if (isObject(value)) return value;
  throw new UsageError(`${field} must be a JSON object, e.g. '{"theme":"dark"}'`, { field });
}

/** Any JSON. Throws UsageError naming the field. */
export function parseJson(text: string, field: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${field} is not JSON: ${reason}`, { field });
  }
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
