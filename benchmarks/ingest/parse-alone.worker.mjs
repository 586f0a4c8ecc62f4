// One thread of the baseline: takes the next text that no thread has taken, parses it, and drops the tree.
import { parentPort, workerData } from 'node:worker_threads';

const { texts, next, parser } = workerData;
const { parseTree } = await import(parser);
let documents = 0;
for (let index = Atomics.add(next, 0, 1); index < texts.length; index = Atomics.add(next, 0, 1)) {
  if (parseTree(texts[index]).type === 'root') documents += 1;
}
parentPort.postMessage(documents);
