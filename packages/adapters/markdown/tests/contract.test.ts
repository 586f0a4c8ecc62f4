import { describeMarkdownParserContract } from '@markitect/testing';
import { WorkerMarkdownParser } from '../src/index.js';

for (const [where, inlineBytes] of [
  ['on the caller’s thread', 1_000_000],
  ['in worker threads', 0],
] as const) {
  describeMarkdownParserContract(`WorkerMarkdownParser ${where}`, () => {
    const parser = new WorkerMarkdownParser({ threads: 1, inlineBytes });
    return Promise.resolve({ parser, close: () => parser.close() });
  });
}
