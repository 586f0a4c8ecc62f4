import { describeMarkdownParserContract, FakeMarkdownParser } from '../src/index.js';

describeMarkdownParserContract('FakeMarkdownParser', () =>
  Promise.resolve({ parser: new FakeMarkdownParser(), close: () => Promise.resolve() }),
);
