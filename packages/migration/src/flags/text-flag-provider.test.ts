import { expect, it } from '@jest/globals';
import { TextFlagProvider } from './text-flag-provider.js';

const texts: Readonly<Record<string, string>> = { yes: 'true', n: '1.5', blank: ' ', o: '{"a":1}' };
const provider = new TextFlagProvider('texts', (flag) => texts[flag]);

it('gives texts as what is asked for', async () => {
  expect(await provider.resolveStringEvaluation('n', '')).toMatchObject({ value: '1.5', reason: 'STATIC' });
  expect(await provider.resolveBooleanEvaluation('yes', false)).toMatchObject({ value: true });
  expect(await provider.resolveNumberEvaluation('n', 0)).toMatchObject({ value: 1.5 });
  expect(await provider.resolveObjectEvaluation('o', {})).toMatchObject({ value: { a: 1 } });
});

it('answers with the default and says why where a flag is of another type, or not there', async () => {
  const mismatch = { errorCode: 'TYPE_MISMATCH' };
  expect(await provider.resolveBooleanEvaluation('n', true)).toMatchObject({ value: true, ...mismatch });
  expect(await provider.resolveNumberEvaluation('blank', 7)).toMatchObject({ value: 7, ...mismatch });
  expect(await provider.resolveObjectEvaluation('yes!', {})).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
  expect(await provider.resolveObjectEvaluation('blank', {})).toMatchObject(mismatch);
});
