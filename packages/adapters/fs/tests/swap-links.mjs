// Run as a process of its own: puts links to the outside in the place of folders and takes them away again, as fast
// as it can, until its input ends. Prints how often it did.
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const [root, outside] = process.argv.slice(2);
const places = ['folder', 'folder/deep', '.markitect-staged'];
let swaps = 0;
let ended = false;
process.stdin.on('end', () => (ended = true)).resume();

function swap(place) {
  const path = join(root, place);
  const aside = join(root, `aside-${place.replaceAll('/', '-')}`);
  try {
    renameSync(path, aside);
  } catch {
    return; // Not there at the moment.
  }
  try {
    symlinkSync(outside, path);
    swaps += 1;
    rmSync(path);
    renameSync(aside, path);
  } catch {
    // The store has made a folder there meanwhile: what was put aside is not needed.
    try {
      rmSync(aside, { recursive: true, force: true });
    } catch {
      // Somebody still writes into it: the next round.
    }
  }
}

function round() {
  for (let i = 0; i < 50; i += 1) for (const place of places) swap(place);
  if (ended) console.log(swaps);
  else setImmediate(round);
}
round();
