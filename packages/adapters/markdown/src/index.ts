export { WorkerMarkdownParser } from './worker-markdown-parser.js';
export type { WorkerMarkdownParserOptions } from './worker-markdown-parser.js';
