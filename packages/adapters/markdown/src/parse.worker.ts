import { Tinypool } from 'tinypool';
import { decodeTree, treeJson } from './encoded-tree.js';
import { parseMarkdown } from './parse-markdown.js';
import { faultOf, type ParseTask, type TaskOutcome } from './parse-task.js';
import { selectNodes } from './select-nodes.js';

/** Entry of the worker threads. Never throws: errors go back as plain data. */
export default async function runTask(task: ParseTask): Promise<unknown> {
  try {
    if (task.kind === 'select') {
      return { value: selectNodes(await decodeTree(task.tree), task.selector, task.limit) };
    }
    if (task.kind === 'json') {
      const value = await treeJson(task.tree);
      return moving({ value }, value.buffer);
    }
    const value = parseMarkdown(task.content);
    return moving({ value }, value.tree.buffer);
  } catch (error) {
    return { fault: faultOf(error) } satisfies TaskOutcome<never>;
  }
}

/** Hands the memory over to the other thread instead of copying it. */
function moving(value: unknown, memory: ArrayBufferLike): unknown {
  const carrier: object = {
    get [Tinypool.transferableSymbol]() {
      return memory;
    },
    get [Tinypool.valueSymbol]() {
      return value;
    },
  };
  return Tinypool.move(carrier as Parameters<typeof Tinypool.move>[0]);
}
