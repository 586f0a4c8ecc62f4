// Run as a process of its own: loads the built package, gives up root, and does what the test asks for.
import { FsAstStore, FsDocumentSource } from '../dist/index.js';

const [folder] = process.argv.slice(2);
if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(65534);
  process.setuid?.(65534);
}

const codeOf = (error) => error.code;
const source = new FsDocumentSource();
const walked = async (inputs) => {
  const found = [];
  for await (const item of source.walk({ base: folder, inputs })) found.push(item.error?.code ?? item.path);
  return found;
};
const store = new FsAstStore({ root: `${folder}/trees` });
const hash = 'ab'.repeat(32);

console.log(
  JSON.stringify({
    walk: await walked(['.']),
    resolveClosed: await source.resolve({ base: folder, inputs: ['closed'] }).catch(codeOf),
    resolveBeyond: await source.resolve({ base: folder, inputs: ['closed/x.md'] }).catch(codeOf),
    resolveFile: await source
      .resolve({ base: folder, inputs: ['secret.md'] })
      .then(() => 'resolved')
      .catch(codeOf),
    read: await source.read(`${folder}/secret.md`, 100).catch(codeOf),
    missing: await source.missing([`${folder}/closed/x.md`, `${folder}/none.md`]),
    put: await store.put(hash, new Uint8Array([1])).catch(codeOf),
    get: await store.get(hash).catch(codeOf),
  }),
);
