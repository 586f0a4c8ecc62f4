import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue, StoredRecord } from '@markitect/domain';
import fc from 'fast-check';
import { recordCodec } from '../people/record-codec.js';
import { type JsonStyle, styleOf, valueText } from './json-style.js';
import { spoken, writtenParts } from './json-text.js';

// One seed: a run that fails can be repeated.
fc.configureGlobal({ seed: 2026, numRuns: 500 });

const styles: readonly JsonStyle[] = [
  { indent: '', space: '' },
  { indent: '', space: ' ' },
  { indent: '  ', space: ' ' },
  { indent: '\t', space: ' ' },
];
const style = fc.constantFrom(...styles);
const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const awkward = fc.constantFrom('_meta', 'id', '__proto__', '10', '"', '\\', '\\"', '{', 'a');
const object = fc
  .array(fc.tuple(fc.oneof(awkward, fc.string()), json), { maxLength: 6 })
  .map((fields): JsonObject => Object.fromEntries(fields));

describe('writtenParts', () => {
  it('finds what JSON.parse finds, however it is written', () => {
    fc.assert(
      fc.property(fc.oneof(object, fc.array(json)), style, fc.nat(3), (value, how, depth) => {
        const text = ` \n${valueText(value, how, depth)}\r\n`;
        const parts = [...writtenParts(text)];
        expect(parts.map((part) => JSON.parse(part.text) as unknown)).toEqual(Object.values(value));
        if (!Array.isArray(value)) expect(parts.map(({ name }) => spoken(name))).toEqual(Object.keys(value));
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it('keeps the order and the letters', () => {
    const parts = [...writtenParts('{"b": 1.0, "10":12345678901234567890 ,"\\u0061":[ 1,{"x":"]}"}]}')];
    expect(parts).toEqual([
      { name: '"b"', text: '1.0' },
      { name: '"10"', text: '12345678901234567890' },
      { name: '"\\u0061"', text: '[ 1,{"x":"]}"}]' },
    ]);
    expect([...writtenParts('17')]).toEqual([]);
  });

  it('tells how a text is written', () => {
    for (const how of styles) expect(styleOf(valueText({ a: { b: 1 }, c: [2] }, how, 0))).toEqual(how);
  });
});

describe('a record', () => {
  const times = { createdAt: '2026-01-02T03:04:05.678Z', updatedAt: '2026-01-02T03:04:05.679Z' };
  const keyField = fc.constantFrom(undefined, 'id');

  it('is read as it was written, whatever its fields are called', () => {
    fc.assert(
      fc.property(object, object, style, keyField, fc.nat(2), (value, before, how, field, depth) => {
        const around = { style: how, depth, keyField: field };
        const write = (content: JsonObject, kept?: string): string => {
          const record: StoredRecord = { key: 'k', value: content, version: 3, ...times };
          return recordCodec.encode(
            record,
            around,
            kept === undefined ? undefined : { text: kept, fileChangedAt: '' },
          );
        };
        const text = write(value, write(before));
        const read = recordCodec.decode('k', { text, fileChangedAt: '' });
        expect(read).toEqual({ key: 'k', value, version: 3, ...times });
        expect(JSON.stringify(read.value)).toBe(JSON.stringify(value));
        expect(recordCodec.stamped?.({ text, fileChangedAt: '' }, around)).toBeUndefined();
        if (field !== undefined) expect((JSON.parse(text) as JsonObject).id).toBe('k');
      }),
    );
  });

  it('of another program says the same when it is stamped', () => {
    fc.assert(
      fc.property(object, style, fc.nat(2), (value, how, depth) => {
        const kept = { text: valueText(value, how, depth), fileChangedAt: times.createdAt };
        const text = recordCodec.stamped?.(kept, { style: how, depth, keyField: undefined }) ?? '';
        const before = recordCodec.decode('k', kept);
        expect(recordCodec.decode('k', { text, fileChangedAt: times.updatedAt })).toEqual(before);
        expect(before.value).toEqual(value);
      }),
    );
  });
});
