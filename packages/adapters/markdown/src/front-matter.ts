import { isMarkitectError, type JsonObject, type JsonValue } from '@markitect/domain';
import { LineCounter, parseDocument, visit } from 'yaml';
import { frontMatterInvalid, isStackOverflow } from './markdown-faults.js';

/** The deepest nesting of lists and mappings that is accepted. */
const MAX_DEPTH = 100;

/** How often aliases may be resolved: enough for people, too few for a document that expands without end. */
const MAX_ALIASES = 100;

/**
 * Reads the YAML between the `---` lines: YAML 1.2 core schema, a mapping of plain values or nothing. Dates stay
 * text, and so do whole numbers too large for a double. Throws Invalid `FRONT_MATTER_INVALID` with the line in the
 * document, whose first line is the opening `---`.
 */
export function readFrontMatter(yaml: string): JsonObject {
  const lines = new LineCounter();
  const lineOf = (offset: number) => lines.linePos(offset).line + 1;
  try {
    const document = parseDocument(yaml, {
      schema: 'core',
      intAsBigInt: true,
      stringKeys: true,
      uniqueKeys: true,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    });
    // A warning is a tag or directive that would be read as something else than what is written.
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) throw frontMatterInvalid(lineOf(fault.pos[0]), sentence(fault.message));
    visit(document, {
      Scalar: (_key, { value, range }) => {
        if (isPlainScalar(value)) return;
        throw frontMatterInvalid(
          lineOf(range?.[0] ?? 0),
          'it has a value that is not plain text, number or truth',
        );
      },
    });
    const written: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (written === null || written === undefined) return {};
    if (typeof written !== 'object' || Array.isArray(written)) {
      const start = document.contents?.range[0] ?? 0;
      throw frontMatterInvalid(lineOf(start), 'it must be a mapping such as `title: Start`');
    }
    return plainObject(written, 1);
  } catch (error) {
    if (isMarkitectError(error)) throw error;
    if (isStackOverflow(error)) throw frontMatterInvalid(1, 'it is nested too deeply');
    // What the library throws instead of recording: aliases that lead nowhere, or expand without end.
    throw frontMatterInvalid(1, error instanceof Error ? sentence(error.message) : 'it cannot be read');
  }
}

function sentence(message: string): string {
  // The library notes its own overflow as a fault of the text.
  if (message.includes('call stack')) return 'it is nested too deeply';
  return (message.split('\n', 1)[0] ?? '').trim();
}

/** JSON has no `.inf` and no `.nan`, and binary data is nothing a document says. */
function isPlainScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || ['string', 'boolean', 'bigint'].includes(typeof value);
}

function plain(value: unknown, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw frontMatterInvalid(1, `it is nested more than ${MAX_DEPTH} levels deep`);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value === 'object' && value !== null) return plainObject(value, depth);
  if (typeof value !== 'bigint') return value as JsonValue;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function plainObject(value: object, depth: number): JsonObject {
  // fromEntries defines the fields, so that a key `__proto__` is a field like any other.
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
}
