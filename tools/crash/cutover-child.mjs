// A client of `npm run crash -- cutover`: reads and writes profiles by the old blocking calls until it is killed or told to
// stop, and keeps a journal of what it was about to do and of what was acknowledged.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { LegacyProfileManager } from '@markitect/adapter-legacy';
import { seeded } from './random.mjs';

const { folder, client, clients, profiles, shared, journal, stop, seed } = JSON.parse(process.argv[2]);
const random = seeded(seed);
const manager = new LegacyProfileManager({
  module: import.meta.resolve('@markitect/api'),
  options: { cwd: folder },
});
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Per key: the last acknowledged number, and those that may have been written besides. `0`: it is gone. */
const known = new Map();
let sequence = 0;
for (const line of existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : []) {
  const [kind, key, number] = line.split('\t');
  if (kind === 'R' || line === '') continue;
  sequence = Math.max(sequence, Number(number));
  if (kind === 'I')
    (known.get(key) ?? known.set(key, { acked: 0, maybe: new Set() }).get(key)).maybe.add(Number(number));
  if (kind === 'A') known.set(key, { acked: Number(number), maybe: new Set() });
}

const say = (...words) => appendFileSync(journal, `${words.join('\t')}\n`);
const isMissing = (error) => error.code === 'RECORD_NOT_FOUND';

function write(key, call) {
  sequence += 1;
  const number = sequence;
  say('I', key, number);
  const state = known.get(key) ?? { acked: 0, maybe: new Set() };
  state.maybe.add(number);
  known.set(key, state);
  try {
    call(number);
    say('A', key, number);
    known.set(key, { acked: number, maybe: new Set() });
  } catch (error) {
    say('E', key, number, error.code, JSON.stringify(error.message), Date.now());
    Atomics.wait(pause, 0, 0, 20);
  }
}

/** What is read of a key that only this client writes is never older than what was acknowledged. */
function read(key) {
  let profile;
  try {
    profile = manager.get_user_profile(key);
  } catch (error) {
    say('E', key, sequence, error.code, JSON.stringify(error.message), Date.now());
    return;
  }
  const state = known.get(key);
  if (state === undefined) return;
  const number = profile?.[`c${client}`] ?? 0;
  // A write that has not ended well may have happened, also after it was read as if not.
  if (number !== state.acked && !state.maybe.has(number)) say('R', key, number, state.acked);
}

process.send?.('up');
while (!existsSync(stop)) {
  const own = Math.floor((random() * profiles) / clients) * clients + client;
  const key = `user-${String(own).padStart(6, '0')}`;
  const chance = random();
  if (chance < 0.6) read(chance < 0.3 ? key : ([...known.keys()].at(-1 - Math.floor(random() * 50)) ?? key));
  else if (chance < 0.8)
    write(key, (number) => manager.save_user_profile(key, { name: `User ${own}`, [`c${client}`]: number }));
  else if (chance < 0.9) {
    const common = `shared-${Math.floor(random() * shared)}`;
    write(common, (number) => manager.update_user_profile(common, { [`c${client}`]: number }));
  } else {
    write(key, (number) => {
      try {
        manager.update_user_profile(key, { [`c${client}`]: number });
      } catch (error) {
        if (!isMissing(error)) throw error;
        manager.save_user_profile(key, { [`c${client}`]: number });
      }
    });
  }
}
manager.close();
