// Run as a process of its own: loads the built package, gives up root, and tries what it has no permission for.
import { FsFileStore } from '../dist/index.js';

const [root] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
}

const store = new FsFileStore({ root });
const outcome = (promise) =>
  promise.then(
    () => 'done',
    (error) => error.code,
  );
const bytes = new TextEncoder().encode('x');

console.log(
  JSON.stringify({
    read: await outcome(store.read('file')),
    exists: await store.exists('file'),
    write: await outcome(store.write('file', bytes)),
    stage: await outcome(store.stage('u-9', bytes)),
    move: await outcome(store.move('folder/file', 'folder/other')),
    apply: await outcome(store.apply({ staged: 'u-1', target: 'file' })),
    remove: await outcome(store.remove('folder/file')),
  }),
);
