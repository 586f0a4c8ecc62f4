import {
  Conflict,
  type CutoverLogEntry,
  type CutoverMismatch,
  type CutoverRepair,
  type CutoverState,
  type CutoverTally,
  defaultCutoverLimits,
  isMirrored,
  type Page,
  pageLimit,
  type PageRequest,
  primaryOf,
  sumTallies,
  type Timestamp,
} from '@markitect/domain';
import {
  type CutoverChange,
  type CutoverMark,
  type CutoverStateStore,
  decodeCursor,
  encodeCursor,
  type MarkAnswer,
  type MarkedKey,
  type StageChange,
} from '@markitect/ports';
import {
  abandonSilent,
  absorbMarks,
  addMarks,
  claimMarks,
  parkMarks,
  releaseMarks,
  settleMarks,
} from './booked-marks.js';
import { type BookedComponent, CutoverBook } from './cutover-book.js';

/** What happens around the operations of one process, for tests of faults. */
export interface CutoverStoreHooks {
  /** Before an operation; throws: it does not happen. */
  readonly before?: (operation: keyof CutoverStateStore) => Promise<void> | void;
  /** After it has happened; throws: the caller does not learn of it. */
  readonly after?: (operation: keyof CutoverStateStore) => Promise<void> | void;
}

const KEPT_MISMATCHES = 1000;
const KEPT_TALLIES_MS = 3600_000;

/** The state of cutovers for tests: each operation is one step on a book that simulated processes share. */
export class InMemoryCutoverStateStore implements CutoverStateStore {
  readonly #book: CutoverBook;
  readonly #hooks: CutoverStoreHooks;

  constructor(book = new CutoverBook(), hooks: CutoverStoreHooks = {}) {
    this.#book = book;
    this.#hooks = hooks;
  }

  get(component: string): Promise<CutoverState | undefined> {
    return this.#step('get', (book) => {
      const found = book.components.get(component);
      return found && book.stateOf(found);
    });
  }

  list(): Promise<readonly CutoverState[]> {
    return this.#step('list', (book) => {
      const names = [...book.components.keys()].sort();
      return names.map((name) => book.stateOf(book.component(name)));
    });
  }

  create(component: string, who: string, why: string): Promise<CutoverState> {
    return this.#step('create', (book) => {
      const found = book.components.get(component);
      if (found !== undefined) return book.stateOf(found);
      const booked: BookedComponent = {
        component,
        stage: 'legacy',
        percent: 0,
        epoch: 1,
        switching: undefined,
        backfill: undefined,
        diff: undefined,
        limits: defaultCutoverLimits,
        changedAt: book.timestamp(),
        forgottenAt: book.timestamp(),
      };
      book.components.set(component, booked);
      const legacy = { stage: 'legacy', percent: 0 } as const;
      book.note({ component, who, why, action: 'create', from: legacy, to: legacy });
      return book.stateOf(booked);
    });
  }

  update(component: string, change: CutoverChange): Promise<CutoverState> {
    return this.#step('update', (book) => {
      const booked = book.component(component);
      const { backfill, diff, limits } = structuredClone(change);
      for (const each of [backfill, diff]) {
        if (each != null && each.startedAt < booked.forgottenAt) {
          throw conflict('CUTOVER_CHANGED', component, 'has been in legacy since');
        }
      }
      if (backfill !== undefined) booked.backfill = backfill ?? undefined;
      if (diff !== undefined) booked.diff = diff ?? undefined;
      if (limits !== undefined) booked.limits = limits;
      return book.stateOf(booked);
    });
  }

  mark(mark: CutoverMark): Promise<MarkAnswer> {
    return this.#step('mark', (book) => addMarks(book, mark));
  }

  absorb(mark: CutoverMark): Promise<boolean> {
    return this.#step('absorb', (book) => absorbMarks(book, mark));
  }

  release(mark: CutoverMark): Promise<void> {
    return this.#step('release', (book) => {
      releaseMarks(book, mark);
    });
  }

  renew(mark: CutoverMark): Promise<readonly string[]> {
    return this.#step('renew', (book) => settleMarks(book, mark, false));
  }

  settle(mark: CutoverMark): Promise<readonly string[]> {
    return this.#step('settle', (book) => settleMarks(book, mark, true));
  }

  park(
    mark: CutoverMark,
    failure: { readonly code: string; readonly message: string },
    retryAt: Timestamp,
  ): Promise<void> {
    return this.#step('park', (book) => {
      parkMarks(book, mark, failure, Date.parse(retryAt));
    });
  }

  look(
    component: string,
    keys: readonly string[],
  ): Promise<{ readonly epoch: number; readonly marked: readonly MarkedKey[] }> {
    return this.#step('look', (book) => {
      const { epoch } = book.component(component);
      const marked = [...new Set(keys)].flatMap((key): MarkedKey[] => {
        const [mark] = book.marksOf(component, key);
        return mark === undefined ? [] : [{ key, source: mark.source }];
      });
      return { epoch, marked };
    });
  }

  heartbeat(process: string, ttlMs: number): Promise<void> {
    return this.#step('heartbeat', (book) => {
      book.aliveUntil.set(process, book.now() + ttlMs);
    });
  }

  claim(
    component: string,
    claim: Pick<CutoverMark, 'token' | 'process' | 'source'> & { readonly limit: number },
  ): Promise<readonly CutoverRepair[]> {
    return this.#step('claim', (book) => claimMarks(book, component, claim));
  }

  repairs(component: string, page: PageRequest): Promise<Page<CutoverRepair>> {
    return this.#step('repairs', (book) => {
      const all = book.marksOf(component).map((each) => book.repairOf(each));
      return pageOf(all, page, ['cutover repairs', component], 1);
    });
  }

  repair(id: number): Promise<CutoverRepair | undefined> {
    return this.#step('repair', (book) => {
      const found = book.marks.get(id);
      return found && book.repairOf(found);
    });
  }

  retryRepairs(component: string, id?: number): Promise<number> {
    return this.#step('retryRepairs', (book) => {
      const due = book
        .marksOf(component)
        .filter((each) => each.token === '' && (id === undefined || each.id === id));
      for (const each of due) each.retryAt = book.now();
      return due.length;
    });
  }

  depth(component: string): Promise<{ readonly inFlight: number; readonly pending: number }> {
    return this.#step('depth', (book) => {
      const marks = book.marksOf(component);
      const isLive = ({ token, process }: (typeof marks)[number]) => token !== '' && !book.isSilent(process);
      const inFlight = marks.filter(isLive).length;
      return { inFlight, pending: marks.length - inFlight };
    });
  }

  beginChange(change: StageChange, process: string): Promise<CutoverState> {
    return this.#step('beginChange', (book) => {
      const booked = book.component(change.component);
      const { switching } = booked;
      if (booked.epoch !== change.epoch)
        throw conflict('CUTOVER_CHANGED', change.component, 'was changed meanwhile');
      if (switching !== undefined && !book.isSilent(switching.process)) {
        throw conflict('CUTOVER_SWITCHING', change.component, 'is being changed');
      }
      booked.switching = { to: change.stage, token: change.token, process };
      return book.stateOf(booked);
    });
  }

  finishChange(change: StageChange): Promise<CutoverState | undefined> {
    return this.#step('finishChange', (book) => {
      const booked = book.component(change.component);
      if (booked.switching?.token !== change.token) {
        throw conflict('CUTOVER_CHANGED', change.component, 'was changed meanwhile');
      }
      abandonSilent(book, change.component);
      if (book.marksOf(change.component).some(({ token }) => token !== '')) return undefined;
      this.#make(change, booked);
      return book.stateOf(booked);
    });
  }

  abortChange(change: StageChange): Promise<void> {
    return this.#step('abortChange', (book) => {
      const booked = book.component(change.component);
      if (booked.switching?.token === change.token) booked.switching = undefined;
    });
  }

  note(entry: Omit<CutoverLogEntry, 'id' | 'at'>): Promise<void> {
    return this.#step('note', (book) => {
      book.note(entry);
    });
  }

  log({ component, ...page }: PageRequest & { readonly component?: string }): Promise<Page<CutoverLogEntry>> {
    return this.#step('log', (book) => {
      const all = book.log.filter((each) => component === undefined || each.component === component);
      return pageOf(all, page, ['cutover log', component ?? null], -1);
    });
  }

  tally(tallies: readonly CutoverTally[], mismatches: readonly Omit<CutoverMismatch, 'id'>[]): Promise<void> {
    return this.#step('tally', (book) => {
      const at = book.now();
      book.tallies.push(...structuredClone(tallies).map((tally) => ({ at, tally })));
      book.tallies.splice(
        0,
        book.tallies.findIndex((each) => each.at > at - KEPT_TALLIES_MS),
      );
      book.mismatches.push(...structuredClone(mismatches).map((each) => ({ ...each, id: book.nextId() })));
      for (const component of new Set(mismatches.map((each) => each.component))) {
        const ids = book.mismatches.filter((each) => each.component === component).map(({ id }) => id);
        const first = ids.at(-KEPT_MISMATCHES) ?? 0;
        const kept = book.mismatches.filter((each) => each.component !== component || each.id >= first);
        book.mismatches.splice(0, Number.POSITIVE_INFINITY, ...kept);
      }
    });
  }

  tallies(component: string, since: Timestamp): Promise<readonly CutoverTally[]> {
    return this.#step('tallies', (book) => {
      const found = book.tallies.filter(
        ({ at, tally }) => tally.component === component && at >= Date.parse(since),
      );
      return sumTallies(found.map(({ tally }) => tally));
    });
  }

  mismatches(component: string, page: PageRequest): Promise<Page<CutoverMismatch>> {
    return this.#step('mismatches', (book) => {
      const all = book.mismatches.filter((each) => each.component === component);
      return pageOf(all, page, ['cutover mismatches', component], -1);
    });
  }

  #make({ component, stage, percent, who, action, why }: StageChange, booked: BookedComponent): void {
    const from = { stage: booked.stage, percent: booked.percent };
    this.#book.note({ component, who, action, why, from, to: { stage, percent } });
    Object.assign(booked, { stage, percent, epoch: booked.epoch + 1, switching: undefined });
    booked.changedAt = this.#book.timestamp();
    if (isMirrored(stage)) return;
    for (const each of this.#book.marksOf(component)) {
      if (each.source === primaryOf(stage)) this.#book.marks.delete(each.id);
    }
    if (stage !== 'legacy') return;
    Object.assign(booked, { backfill: undefined, diff: undefined, forgottenAt: booked.changedAt });
  }

  async #step<T>(operation: keyof CutoverStateStore, work: (book: CutoverBook) => T): Promise<T> {
    await this.#hooks.before?.(operation);
    const answer = work(this.#book);
    await this.#hooks.after?.(operation);
    return answer;
  }
}

function conflict(code: 'CUTOVER_CHANGED' | 'CUTOVER_SWITCHING', component: string, what: string): Conflict {
  return new Conflict(code, `${component} ${what}`, { details: { component } });
}

/** A page of what ascends by id, in that order or (-1) the other way round. */
function pageOf<T extends { readonly id: number }>(
  ascending: readonly T[],
  page: PageRequest,
  sequence: readonly (string | null)[],
  order: 1 | -1,
): Page<T> {
  const limit = pageLimit(page);
  const [last] = page.cursor === undefined ? [undefined] : decodeCursor(page.cursor, [...sequence], isPlace);
  const sorted = order === 1 ? ascending : [...ascending].reverse();
  const rest = sorted.filter(({ id }) => last === undefined || (id - last) * order > 0);
  const items = structuredClone(rest.slice(0, limit));
  const end = items.at(-1);
  if (rest.length <= limit || end === undefined) return { items };
  return { items, nextCursor: encodeCursor([...sequence], [end.id]) };
}

function isPlace(place: readonly unknown[]): place is readonly [number] {
  return place.length === 1 && typeof place[0] === 'number';
}
