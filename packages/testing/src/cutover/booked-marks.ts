import { Conflict, type CutoverRepair, isMirrored, primaryOf } from '@markitect/domain';
import type { CutoverMark, MarkAnswer, MarkToken } from '@markitect/ports';
import type { BookedComponent, BookedMark, CutoverBook } from './cutover-book.js';

/** What a mark that nobody works on is kept with. */
interface Leaving {
  readonly failure?: CutoverRepair['failure'];
  readonly retryAt: number;
  readonly attempts: number;
}

/** The marks in a book, as the port of the state store says. Every function is one step. */
export function addMarks(book: CutoverBook, mark: CutoverMark): MarkAnswer {
  const component = book.component(mark.component);
  abortSilentChange(book, component);
  if (component.epoch !== mark.epoch || component.switching !== undefined) return { isMarked: false };
  const others = (key: string): BookedMark[] =>
    book.marksOf(mark.component, key).filter(({ token }) => token !== mark.token);
  const isForeign = (each: BookedMark): boolean => each.source !== mark.source;
  const foreign = mark.keys.flatMap(others).filter(isForeign);
  if (foreign.some((each) => each.token !== '' && !book.isSilent(each.process))) return { isMarked: false };
  for (const each of foreign) if (each.token !== '') leave(book, each, { retryAt: book.now(), attempts: 0 });
  for (const key of mark.keys) {
    const carried = others(key).find(isForeign);
    if (carried !== undefined) take(carried, mark.token, mark.process);
    else if (own(book, mark, key) === undefined) insert(book, mark, key);
  }
  const carried = mark.keys.filter((key) => own(book, mark, key)?.source !== mark.source);
  return { isMarked: true, carried };
}

export function absorbMarks(book: CutoverBook, mark: CutoverMark): boolean {
  const found = mark.keys.map((key) => own(book, mark, key));
  const isOurs = found.every(
    (each) => each !== undefined && (each.source === mark.source || !each.isOverlapped),
  );
  if (!isOurs) return false;
  for (const each of found) {
    if (each !== undefined && each.source !== mark.source) {
      each.source = mark.source;
      each.attempts = 0;
      each.failure = undefined;
    }
  }
  return true;
}

export function releaseMarks(book: CutoverBook, mark: CutoverMark): void {
  for (const key of mark.keys) {
    const found = own(book, mark, key);
    if (found === undefined) continue;
    // Somebody who has ended meanwhile has left the key to this mark.
    const isRelied = found.isOverlapped && isFollowed(book, found);
    if (found.source === mark.source && !isRelied) end(book, found);
    else leave(book, found, { retryAt: book.now(), attempts: 0 });
  }
}

/** As `renew` and, when the keys were copied, as `settle`. */
export function settleMarks(book: CutoverBook, mark: CutoverMark, isCopied: boolean): readonly string[] {
  const stray: string[] = [];
  const left = mark.keys.filter((key) => {
    const found = own(book, mark, key);
    if (found !== undefined) return !isCopied || !isEnded(book, found);
    if (isTakenOverAnew(book, mark, key)) return true;
    if (strayed(book, mark, key)) stray.push(key);
    return false;
  });
  if (stray.length > 0) throw changed({ ...mark, keys: stray });
  return left;
}

export function parkMarks(
  book: CutoverBook,
  mark: CutoverMark,
  failure: CutoverRepair['failure'],
  retryAt: number,
): void {
  for (const key of mark.keys) {
    let found = own(book, mark, key);
    if (found === undefined) {
      if (isTakenOverAnew(book, mark, key)) found = own(book, mark, key);
      else strayed(book, mark, key);
    }
    if (found === undefined) continue;
    if (isFollowed(book, found)) {
      leave(book, found, { retryAt, attempts: 1, ...(failure === undefined ? {} : { failure }) });
    } else end(book, found);
  }
}

/** What silent processes have in flight is pending. */
export function abandonSilent(book: CutoverBook, component: string): void {
  for (const each of book.marksOf(component)) {
    if (each.token !== '' && book.isSilent(each.process))
      leave(book, each, { retryAt: book.now(), attempts: 0 });
  }
}

export function claimMarks(
  book: CutoverBook,
  component: string,
  claim: Pick<CutoverMark, 'token' | 'process' | 'source'> & { readonly limit: number },
): readonly CutoverRepair[] {
  const booked = book.components.get(component);
  if (booked !== undefined) abortSilentChange(book, booked);
  if (booked?.switching !== undefined) return [];
  const isLive = (each: BookedMark): boolean => each.token !== '' && !book.isSilent(each.process);
  const dueAt = (each: BookedMark): number => (each.token === '' ? each.retryAt : book.now());
  const due = book
    .marksOf(component)
    .filter((each) => each.source === claim.source && !isLive(each))
    .filter((each) => each.token !== '' || each.retryAt <= book.now())
    .filter((each) => !book.marksOf(component, each.key).some(isLive));
  due.sort((left, right) => dueAt(left) - dueAt(right));
  const keys = [...new Set(due.map(({ key }) => key))].slice(0, claim.limit);
  return keys.map((key) => {
    for (const each of book.marksOf(component, key)) {
      if (each.token !== '') leave(book, each, { retryAt: book.now(), attempts: 0 });
    }
    const [pending] = book.marksOf(component, key) as [BookedMark];
    take(pending, claim.token, claim.process);
    return book.repairOf(pending);
  });
}

/** A change holds nothing back whose process is silent. */
function abortSilentChange(book: CutoverBook, component: BookedComponent): void {
  if (component.switching !== undefined && book.isSilent(component.switching.process)) {
    component.switching = undefined;
  }
}

function own(book: CutoverBook, mark: { component: string; token: MarkToken }, key: string) {
  return book.marksOf(mark.component, key).find(({ token }) => token === mark.token);
}

function insert(book: CutoverBook, mark: CutoverMark, key: string): void {
  const id = book.nextId();
  book.marks.set(id, {
    id,
    component: mark.component,
    key,
    token: mark.token,
    process: mark.process,
    source: mark.source,
    isOverlapped: false,
    attempts: 0,
    failure: undefined,
    retryAt: 0,
    createdAt: book.timestamp(),
  });
}

function take(mark: BookedMark, token: MarkToken, process: string): void {
  mark.token = token;
  mark.process = process;
  mark.isOverlapped = false;
}

/** The others in flight on the key of a mark. */
function othersInFlight(book: CutoverBook, mark: BookedMark): BookedMark[] {
  return book
    .marksOf(mark.component, mark.key)
    .filter((each) => each.token !== '' && each.token !== mark.token);
}

function overlap(book: CutoverBook, mark: BookedMark): void {
  for (const each of othersInFlight(book, mark)) each.isOverlapped = true;
}

function end(book: CutoverBook, mark: BookedMark): void {
  overlap(book, mark);
  book.marks.delete(mark.id);
}

/** Makes a mark pending, as the only one of its key. */
function leave(book: CutoverBook, mark: BookedMark, { failure, retryAt, attempts }: Leaving): void {
  overlap(book, mark);
  const pending = book.marksOf(mark.component, mark.key).find(({ token }) => token === '');
  const kept = pending ?? mark;
  if (pending !== undefined) book.marks.delete(mark.id);
  kept.token = '';
  kept.process = '';
  kept.isOverlapped = false;
  kept.attempts += attempts;
  kept.failure = failure ?? kept.failure;
  kept.retryAt = retryAt;
}

/** Whether the other side follows what a mark is a source of. */
function isFollowed(book: CutoverBook, mark: BookedMark): boolean {
  const { stage } = book.component(mark.component);
  return isMirrored(stage) || mark.source !== primaryOf(stage);
}

function isEnded(book: CutoverBook, mark: BookedMark): boolean {
  if (!isFollowed(book, mark) || othersInFlight(book, mark).length > 0) {
    end(book, mark);
    return true;
  }
  if (mark.isOverlapped) {
    mark.isOverlapped = false;
    return false;
  }
  for (const each of book.marksOf(mark.component, mark.key)) book.marks.delete(each.id);
  return true;
}

/** Of a key that was taken over: marks it anew where nobody else will copy it. */
function isTakenOverAnew(book: CutoverBook, mark: CutoverMark, key: string): boolean {
  const marks = book.marksOf(mark.component, key);
  for (const each of marks) if (each.token !== '') each.isOverlapped = true;
  const { stage } = book.component(mark.component);
  if (marks.length > 0 || primaryOf(stage) !== mark.source || !isMirrored(stage)) return false;
  insert(book, mark, key);
  return true;
}

/** Of a key that was taken over: whether it is read from the other side now; then it is repaired from there. */
function strayed(book: CutoverBook, mark: CutoverMark, key: string): boolean {
  const marks = book.marksOf(mark.component, key);
  if (marks.some(({ token, source }) => token === mark.token || source === mark.source)) return false;
  const { stage } = book.component(mark.component);
  const primary = primaryOf(stage);
  if (marks.length === 0) {
    if (primary === mark.source) return false;
    if (!isMirrored(stage)) return true;
    insert(book, { ...mark, source: primary, token: '' }, key);
  }
  return true;
}

function changed({ component, keys }: CutoverMark): Conflict {
  return new Conflict(
    'CUTOVER_CHANGED',
    `${component} is read from the other side since this write was begun`,
    {
      details: { component, keys: [...keys] },
    },
  );
}
