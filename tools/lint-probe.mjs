// Lints texts as if each stood in a file: takes a JSON list of { file, source } on stdin, prints, in the same order,
// the list of rules each one breaks. For the boundaries test.
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root } from './bootstrap.mjs';

const eslint = new ESLint({
  cwd: root,
  // The files do not exist, so that rules which need their types cannot run.
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});
const rules = [];
for (const { file, source } of await json(process.stdin)) {
  const [result] = await eslint.lintText(source, { filePath: file });
  rules.push(result.messages.map(({ ruleId }) => ruleId));
}
console.log(JSON.stringify(rules));
