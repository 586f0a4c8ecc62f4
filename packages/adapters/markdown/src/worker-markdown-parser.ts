import { availableParallelism } from 'node:os';
import type { MarkdownNode } from '@markitect/domain';
import type { EncodedTree, MarkdownParser, ParsedMarkdown, SelectedNode } from '@markitect/ports';
import { errorOf, type ParseTask, type TaskOutcome, type TaskResults } from './parse-task.js';
import { WorkerPool } from './worker-pool.js';

/** How a parser uses the machine. */
export interface WorkerMarkdownParserOptions {
  /** The most worker threads. Default: one for each core. */
  readonly threads?: number;
  /**
   * Texts of fewer UTF-16 units than this may be parsed on the caller's thread, one at a time, as long as no worker
   * runs; 0: never. Default 1024: a few milliseconds at most for honest texts, where starting a worker takes 100.
   */
  readonly inlineBytes?: number;
  /** How long a parse may run for each started MiB of its text, in milliseconds. Default 30 000. */
  readonly timeLimitMs?: number;
  /** How long a parse may run however long its text is, in milliseconds. Default 120 000. */
  readonly totalTimeLimitMs?: number;
}

const DEFAULT_INLINE_BYTES = 1024;
const DEFAULT_TIME_LIMIT_MS = 30_000;
const DEFAULT_TOTAL_TIME_LIMIT_MS = 120_000;

/** Trees of fewer encoded bytes than this are searched and written out on the caller's thread: a few milliseconds. */
const INLINE_TREE_BYTES = 8 * 1024;

/**
 * The Markdown parser on worker threads. They start with the first text that needs one and do not keep the process
 * alive; {@link close} and {@link terminate} end them. Besides the port's errors: Unexpected `UNEXPECTED` when a thread
 * fails, Unavailable `CONNECTION_CLOSED` when the parser is terminated.
 */
export class WorkerMarkdownParser implements MarkdownParser {
  readonly #inlineBytes: number;
  readonly #timeLimitMs: number;
  readonly #totalTimeLimitMs: number;
  readonly #pool: WorkerPool;
  #isInlineBusy = false;

  constructor(options: WorkerMarkdownParserOptions = {}) {
    this.#inlineBytes = options.inlineBytes ?? DEFAULT_INLINE_BYTES;
    this.#timeLimitMs = options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS;
    this.#totalTimeLimitMs = options.totalTimeLimitMs ?? DEFAULT_TOTAL_TIME_LIMIT_MS;
    this.#pool = new WorkerPool({
      // The same file from the sources and from the build: threads cannot run TypeScript.
      entry: new URL('../dist/parse.worker.js', import.meta.url),
      threads: options.threads ?? availableParallelism(),
    });
  }

  /** @inheritdoc */
  async parse(content: string): Promise<ParsedMarkdown> {
    if (content.length >= this.#inlineBytes || this.#pool.isRunning || this.#isInlineBusy) {
      return this.#run({ kind: 'parse', content }, content.length);
    }
    // Busy until the event loop has turned: whoever asks for more in between has many, which are for the workers.
    this.#isInlineBusy = true;
    setImmediate(() => (this.#isInlineBusy = false));
    const { parseMarkdown } = await import('./parse-markdown.js');
    return parseMarkdown(content);
  }

  /** @inheritdoc */
  async decode(tree: EncodedTree): Promise<MarkdownNode> {
    const { decodeTree } = await import('./encoded-tree.js');
    return decodeTree(tree);
  }

  /** @inheritdoc */
  async select(tree: EncodedTree, selector: string, limit: number): Promise<readonly SelectedNode[]> {
    if (tree.byteLength >= INLINE_TREE_BYTES) {
      return this.#run({ kind: 'select', tree, selector, limit }, tree.byteLength);
    }
    const { selectNodes } = await import('./select-nodes.js');
    return selectNodes(await this.decode(tree), selector, limit);
  }

  /** @inheritdoc */
  async json(tree: EncodedTree): Promise<Uint8Array> {
    if (tree.byteLength >= INLINE_TREE_BYTES) return this.#run({ kind: 'json', tree }, tree.byteLength);
    const { treeJson } = await import('./encoded-tree.js');
    return treeJson(tree);
  }

  /** Waits for what is being parsed and ends the threads. The parser cannot be used afterwards. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /**
   * Gives up what is being parsed and what waits for it, with Unavailable `CONNECTION_CLOSED`, and ends the threads. The
   * parser cannot be used afterwards. Takes some milliseconds.
   */
  terminate(): Promise<void> {
    return this.#pool.terminate();
  }

  async #run<K extends ParseTask['kind']>(
    task: ParseTask & { readonly kind: K },
    size: number,
  ): Promise<TaskResults[K]> {
    const forItsSize = this.#timeLimitMs * Math.max(1, Math.ceil(size / 2 ** 20));
    const limit = Math.min(forItsSize, this.#totalTimeLimitMs);
    const outcome = (await this.#pool.run(task, limit)) as TaskOutcome<TaskResults[K]>;
    if ('fault' in outcome) throw errorOf(outcome.fault);
    return outcome.value;
  }
}
