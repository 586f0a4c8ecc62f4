import {
  EVERYTHING,
  type Invalidation,
  type InvalidationLog,
  invalidationName,
  type LogPage,
} from '@markitect/ports';
import type { Names } from '../names.js';

/** What the log says of something of a version. `unknown`: only the log itself can tell. */
export type Verdict = 'valid' | 'expired' | 'invalid' | 'unknown';

/** Something that the log can make false. */
export interface Judged {
  readonly version: number;
  /** Up to this position it was found valid before, if it was. */
  readonly checkedAt: number;
  readonly names: Names;
}

/** Beyond this many names the older half is forgotten. */
const MAX_NAMES = 50_000;

/** What one process knows of the log: complete from `floor` to `applied`. */
export class LogView {
  readonly #log: InvalidationLog;
  readonly #known = new Map<string, number>();
  readonly #onInvalidated: (name: string, position: number) => void;
  readonly #onTruncated: () => void;
  #applied: number;
  #floor: number;
  #reading: Promise<boolean> | undefined;

  constructor(
    log: InvalidationLog,
    on: { readonly invalidated: (name: string, position: number) => void; readonly truncated: () => void },
  ) {
    this.#log = log;
    this.#onInvalidated = on.invalidated;
    this.#onTruncated = on.truncated;
    const position = log.position();
    this.#applied = Number.isFinite(position) ? position : 0;
    this.#floor = this.#applied;
  }

  /** Up to where the log is known here. */
  get applied(): number {
    return this.#applied;
  }

  /** Whether nothing can have happened that is not known here. Costs a comparison. */
  get isCurrent(): boolean {
    return this.#applied >= this.#log.position();
  }

  /** Reads what is missing. `false`: the log could not be read, so nothing kept can be trusted now. Never throws. */
  async catchUp(target = this.#log.position()): Promise<boolean> {
    while (this.#applied < target) {
      // One reading at a time; it may have begun before the target was there, hence the loop.
      this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
      if (!(await this.#reading)) return false;
      // A log that did not know its position answered with infinity, which is never reached.
      if (this.isCurrent) return true;
    }
    return true;
  }

  /** Adds, and knows it here without reading it when nobody else added anything meanwhile. */
  async append(
    invalidations: readonly Invalidation[],
    add = () => this.#log.append(invalidations),
  ): Promise<number> {
    const position = await add();
    if (this.#applied === position - invalidations.length) {
      for (const [index, invalidation] of invalidations.entries()) {
        this.#learn(invalidationName(invalidation), position - invalidations.length + index + 1);
      }
      this.#applied = Math.max(this.#applied, position);
    }
    return position;
  }

  /** Judges by what is known here. */
  judge({ version, checkedAt, names }: Judged): Verdict {
    if (version > this.#applied) return 'unknown';
    if (Math.max(version, checkedAt) < this.#floor) return 'unknown';
    return verdict(version, names, this.#known);
  }

  /** Judges with the help of the log. `invalid` also when it can't be asked. Never throws. */
  async judgeAll(items: readonly Judged[]): Promise<Verdict[]> {
    if (items.some(({ version }) => version > this.#applied)) await this.#readOnce();
    const first = items.map((item) => this.judge(item));
    const open = items.filter((item, index) => first[index] === 'unknown' && item.version <= this.#applied);
    if (open.length === 0) return first.map((each) => (each === 'unknown' ? 'invalid' : each));
    try {
      const names = new Set(open.flatMap((item) => item.names.all()));
      const { positions, horizon } = await this.#log.latest([...names]);
      return items.map((item, index) => {
        const known = first[index] ?? 'invalid';
        if (known !== 'unknown') return known;
        if (item.version > this.#applied || item.version < horizon) return 'invalid';
        return verdict(item.version, item.names, positions);
      });
    } catch {
      return first.map((each) => (each === 'unknown' ? 'invalid' : each));
    }
  }

  async #readOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  async #read(): Promise<boolean> {
    const before = this.#applied;
    try {
      const page = await this.#log.since(before);
      this.#apply(page);
      // A log that is not where it said it is can't be trusted either.
      return this.#applied > before || this.isCurrent;
    } catch {
      return false;
    }
  }

  #apply(page: LogPage): void {
    if (page.isTruncated) {
      this.#known.clear();
      this.#floor = page.position;
      this.#applied = page.position;
      this.#onTruncated();
      return;
    }
    for (const { name, position } of page.invalidations) this.#learn(name, position);
    this.#applied = Math.max(this.#applied, page.position);
    if (this.#known.size > MAX_NAMES) this.#forgetOlderHalf();
  }

  #learn(name: string, position: number): void {
    if ((this.#known.get(name) ?? -1) >= position) return;
    this.#known.set(name, position);
    this.#onInvalidated(name, position);
  }

  #forgetOlderHalf(): void {
    const positions = [...this.#known.values()].sort((left, right) => left - right);
    const middle = positions[Math.floor(positions.length / 2)] ?? 0;
    for (const [name, position] of this.#known) if (position <= middle) this.#known.delete(name);
    this.#floor = Math.max(this.#floor, middle);
  }
}

function verdict(version: number, names: Names, positions: ReadonlyMap<string, number>): Verdict {
  const isAfter = (name: string) => (positions.get(name) ?? -1) > version;
  if (isAfter(EVERYTHING) || isAfter(names.key) || isAfter(names.namespace)) return 'invalid';
  for (const tag of names.tags) if (isAfter(`t:${tag}`)) return 'invalid';
  return isAfter(names.expiry) ? 'expired' : 'valid';
}
