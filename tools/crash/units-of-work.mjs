import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteConnection, SqliteInvalidationLog } from '@markitect/adapter-sqlite';
import { root } from '../bootstrap.mjs';
import { seeded } from './random.mjs';
import { openUnits } from './units-child.mjs';
import { Model } from './units-model.mjs';

const child = join(root, 'tools/crash/units-child.mjs');

/** The steps of the commit protocol at which a process is killed; `disk` is each system call of the file store. */
const points = [
  'begin',
  'before-stage',
  'staged-fsynced',
  'before-outbox',
  'after-outbox',
  'before-commit',
  'after-commit',
  'before-invalidate',
  'after-invalidate',
  'before-announce',
  'after-announce',
  ...['file-replace', 'file-remove', 'message'].flatMap((kind) => [
    `before-apply-${kind}`,
    `after-apply-${kind}`,
  ]),
  'before-mark',
  'after-mark',
  'disk',
];

/** Stores that are worked on, killed and checked side by side. */
const LANES = 3;

/**
 * Runs processes that do random units of work, one or two at a time on a store, and kills each: half of them at a
 * named step of the commit protocol, the others at a random moment. After every kill the store is recovered and
 * compared with a model: every acknowledged unit of work is there whole, every other whole or not at all, in the
 * order of the commits; every message is delivered once and in order; nothing staged and nothing pending is left;
 * recovering again changes nothing.
 */
export async function crash({ runs, seed }) {
  console.log(`crash units: ${runs} kills, seed ${seed}`);
  const started = performance.now();
  const tally = { kills: 0, units: 0, acknowledged: 0, recovered: 0, swept: 0, at: new Map() };
  const folder = mkdtempSync(join(tmpdir(), 'markitect-crash-units-'));
  let failure;
  const lane = async (number) => {
    const random = seeded(seed + number * 7919);
    const store = new Store(join(folder, `lane-${number}`), random, tally);
    await store.create();
    while (tally.kills < runs && failure === undefined) await store.round();
  };
  await Promise.all(
    Array.from({ length: LANES }, (_, number) =>
      lane(number).catch((error) => {
        failure ??= error;
      }),
    ),
  );
  if (failure !== undefined) {
    console.error(
      `✗ after ${tally.kills} kills, seed ${seed}: ${failure.message}\n  the store is left in ${folder}`,
    );
    process.exitCode = 1;
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${tally.kills} kills in ${seconds.toFixed(0)} s; ${tally.units} units of work committed, ` +
      `${tally.acknowledged} of them acknowledged; recovery applied ${tally.recovered} effects and swept ${tally.swept} ` +
      'staged files; every unit of work whole, in place and in order',
  );
  console.log(
    [...tally.at]
      .sort()
      .map(([point, count]) => `${point} ${count}`)
      .join(', '),
  );
}

class Store {
  #folder;
  #random;
  #tally;
  #model = new Model();
  #intents = new Map();
  #seen = 0;
  #names = 0;

  constructor(folder, random, tally) {
    this.#folder = folder;
    this.#random = random;
    this.#tally = tally;
  }

  async create() {
    mkdirSync(this.#folder, { recursive: true });
    const connection = new SqliteConnection({ file: join(this.#folder, 'store.db') });
    await connection.open();
    await connection.migrate();
    const writer = await connection.writer();
    await writer.transaction(async (tx) => {
      await tx.run('CREATE TABLE cells(id INTEGER PRIMARY KEY, value INTEGER)');
      await tx.run('CREATE TABLE history(place INTEGER PRIMARY KEY, unit TEXT UNIQUE)');
      await tx.run('CREATE TABLE delivered(place INTEGER PRIMARY KEY, id INTEGER UNIQUE, text TEXT)');
    });
    await connection.close();
  }

  /** One or two processes, killed; then recovery and the comparison. */
  async round() {
    const random = this.#random;
    const isShared = random() < 0.2;
    const names = Array.from({ length: isShared ? 2 : 1 }, () => `p${this.#names++}`);
    await Promise.all(names.map((name) => this.#killOne(name, isShared)));
    await this.#recoverAndCheck(names);
  }

  async #killOne(name, isShared) {
    const random = this.#random;
    const isAtPoint = random() < 0.6;
    const point = isAtPoint ? points[Math.floor(random() * points.length)] : 'random';
    const times = 1 + Math.floor(random() * (point === 'disk' ? 300 : 25));
    const seed = Math.floor(random() * 2 ** 31);
    const process_ = spawn(
      process.execPath,
      [child, this.#folder, name, String(seed), point, String(times), isShared ? 'shared' : 'alone'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = new Promise((resolve) =>
      process_.once('close', (code, signal) => resolve({ code, signal })),
    );
    const ready = new Promise((resolve) => process_.stdout.once('data', resolve));
    await Promise.race([ready, ended]);
    if (!isAtPoint) {
      await Promise.race([sleep(random() * 250), ended]);
      process_.kill('SIGKILL');
    }
    const { code, signal } = await ended;
    if (signal === 'SIGKILL') {
      this.#tally.kills += 1;
      this.#tally.at.set(point, (this.#tally.at.get(point) ?? 0) + 1);
    } else if (code !== 0 && code !== 3) throw new Error(`process ${name} ended with ${code}`);
  }

  async #recoverAndCheck(names) {
    const { connection, units, store, close } = await openUnits(this.#folder);
    const second = this.#random() < 0.25 ? await openUnits(this.#folder) : undefined;
    try {
      const reports = await Promise.all([units.recover(), second?.units.recover()]);
      for (const report of reports) {
        this.#tally.recovered += report?.applied ?? 0;
        this.#tally.swept += report?.swept ?? 0;
      }
      const again = await units.recover();
      if (again.applied + again.swept > 0) throw new Error('a second recovery found something to do');
      await this.#check(names, connection, units, store);
      await connection.integrityCheck();
    } finally {
      await second?.close();
      await close();
    }
  }

  async #check(names, connection, units, store) {
    const outcomes = this.#readJournals(names);
    const readers = connection.readers();
    const committed = await readers.all('SELECT place, unit FROM history WHERE place > ? ORDER BY place', [
      this.#seen,
    ]);
    const model = this.#model;
    for (const { place, unit } of committed) {
      this.#seen = place;
      const intent = this.#intents.get(unit);
      if (intent === undefined || intent.fails) throw new Error(`${unit} is committed and must not be`);
      model.apply(intent.operations);
    }
    const there = new Set(committed.map(({ unit }) => unit));
    this.#tally.units += there.size;
    for (const [unit, outcome] of outcomes) {
      if (outcome === 'acknowledged') this.#tally.acknowledged += 1;
      const mustBe = outcome === 'acknowledged' || outcome === 'COMMIT_NOT_APPLIED';
      if (mustBe !== there.has(unit))
        throw new Error(`${unit} was ${outcome} and is ${mustBe ? 'lost' : 'there'}`);
    }
    same(
      'rows',
      new Map((await readers.all('SELECT id, value FROM cells')).map((row) => [row.id, row.value])),
      model.cells,
    );
    const files = new Map();
    for await (const { path } of store.list()) {
      files.set(path, Buffer.from((await store.read(path)).bytes).toString());
    }
    same('files', files, model.files);
    const delivered = (await readers.all('SELECT text FROM delivered ORDER BY place')).map((row) => row.text);
    same('messages', new Map(delivered.entries()), new Map(model.messages.entries()));
    const invalidated = await readers.all(
      `SELECT substr(name, 3) AS key FROM cache_invalidations WHERE name LIKE 'k:%'`,
    );
    same('invalidations', mapOf(invalidated.map(({ key }) => key)), mapOf(model.invalidated));
    const log = new SqliteInvalidationLog(connection);
    const { position } = await log.since(log.position());
    if (log.position() !== position)
      throw new Error('something in the log of invalidations is not announced');
    if ((await store.staged()).length > 0) throw new Error('a staged file is left');
    if ((await units.pending()).count > 0) throw new Error('something is left in the outbox');
  }

  /** What each unit of work was going to do, and how it ended as far as its caller was told. */
  #readJournals(names) {
    const outcomes = new Map();
    for (const name of names) {
      const file = join(this.#folder, `${name}.journal`);
      if (!existsSync(file)) continue;
      for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
        const entry = JSON.parse(line);
        if (entry.violation !== undefined) throw new Error(entry.violation);
        if (entry.operations !== undefined) this.#intents.set(entry.unit, entry);
        else outcomes.set(entry.unit, entry.acknowledged ? 'acknowledged' : entry.failed);
      }
    }
    return outcomes;
  }
}

const mapOf = (names) => new Map([...names].map((each) => [each, true]));

/** Throws naming the first difference. */
function same(what, actual, wanted) {
  for (const key of new Set([...actual.keys(), ...wanted.keys()])) {
    if (actual.get(key) === wanted.get(key)) continue;
    throw new Error(
      `${what}: ${key} is ${JSON.stringify(actual.get(key))} and has to be ${JSON.stringify(wanted.get(key))}`,
    );
  }
}
