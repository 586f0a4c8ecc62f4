import { isDeepStrictEqual } from 'node:util';
import { isMarkitectError, type Issue, type IssueNumber, type Timestamp } from '@markitect/domain';
import { type IssueMirror, type IssueRepository, type MirrorProgress, withinLimits } from '@markitect/ports';
import { mirrorIssues } from './mirror-issues.js';
import { SharedRun } from './shared-run.js';
import { earlier, later, settledBy } from './sync-places.js';
import type { SyncProgress, SyncReport, SyncRun } from './sync-report.js';
import { SyncTurn } from './sync-turn.js';

export interface IssueSyncPorts {
  /** The tracker itself: never one that answers with what was last known. */
  readonly tracker: IssueRepository;
  readonly mirror: IssueMirror;
}

export interface IssueSyncOptions {
  /** Issues in one step, which is one commit, 1 to 500. Default 50. */
  readonly pageSize?: number;
  /** What others are told who fills the mirror. Default `another process`. */
  readonly holder?: string;
  /**
   * How long its turn to fill the mirror outlasts a process that is killed where nobody can see that, in milliseconds;
   * it is renewed three times as often. Default 30,000.
   */
  readonly leaseMs?: number;
  readonly now?: () => Date;
}

/** How often the changes are read again because issues were removed while they were read. */
const MAX_ROUNDS = 3;

/** A run that is under way. */
interface Pass {
  readonly signal: AbortSignal;
  readonly tell: (progress: SyncProgress) => void;
  readonly turn: SyncTurn;
  /** Taken over so far. */
  readonly taken: Set<IssueNumber>;
  removed: number;
}

/**
 * Keeps the mirror of a tracker as the tracker is. Every step is one commit that says how far it came, so that a process
 * may die at any moment: the next run goes on, and what is done twice leaves what doing it once leaves.
 *
 * The clock is the tracker's: a pass begins at the last change the tracker knows of, and that is where the next one goes
 * on. A clock of this machine that is ahead would lose changes.
 *
 * Times of changes may be whole seconds: what has the time it had may have been changed again in that second. It is read
 * again once, when the second surely was over, and from then on only when it differs. That a comment was edited or
 * deleted changes no time in Gitea: only a pass over all issues notices.
 */
export class IssueSyncService {
  readonly #ports: IssueSyncPorts;
  readonly #pageSize: number;
  readonly #now: () => Date;
  readonly #holder: string;
  readonly #leaseMs: number;
  #running: SharedRun | undefined;

  constructor(ports: IssueSyncPorts, options: IssueSyncOptions = {}) {
    const { pageSize = 50, holder = 'another process', leaseMs = 30_000, now = () => new Date() } = options;
    this.#ports = ports;
    this.#pageSize = pageSize;
    this.#holder = holder;
    this.#leaseMs = leaseMs;
    this.#now = now;
  }

  /** How far the mirror is. */
  progress(): Promise<MirrorProgress> {
    return this.#ports.mirror.progress();
  }

  /**
   * Takes over what has changed; every issue when that was never done, or was interrupted, or is asked for. Whoever
   * calls while it runs here gets the report of that run, which goes on while anybody waits for it; who asks for every
   * issue while only changes are taken over gets a run of its own after it. Throws Conflict `ISSUE_SYNC_RUNNING` while
   * another process is at it, Timeout `DEADLINE_EXCEEDED` and what the ports throw; what was taken over stays.
   */
  async sync(run: SyncRun = {}): Promise<SyncReport> {
    for (;;) {
      const running = this.#running;
      if (running === undefined) break;
      if (!running.isEnding && (run.full !== true || running.isFull)) return running.join(run);
      await running.ended;
    }
    const { deadlineMs } = run;
    const shared = new SharedRun(
      (started) => withinLimits(deadlineMs === undefined ? {} : { deadlineMs }, () => this.#sync(started)),
      run.full === true,
    );
    this.#running = shared;
    void shared.ended.then(() => {
      if (this.#running === shared) this.#running = undefined;
    });
    return shared.join(run);
  }

  async #sync(run: SharedRun): Promise<SyncReport> {
    const started = performance.now();
    const { mirror } = this.#ports;
    const turn = await SyncTurn.take(mirror, this.#holder, this.#leaseMs);
    try {
      return await this.#hold(run, turn, started);
    } finally {
      await turn.end();
    }
  }

  async #hold(run: SharedRun, turn: SyncTurn, started: number): Promise<SyncReport> {
    const { mirror } = this.#ports;
    const { signal } = run;
    const pass: Pass = { signal, tell: (each) => run.tell(each), turn, taken: new Set(), removed: 0 };
    const before = await mirror.progress();
    const resumed = before.startedAt !== undefined;
    const isFull = run.isFull || resumed || before.since === undefined;
    if (isFull) run.becomeFull();
    const isDone = (!isFull || (await this.#takeAll(before, pass))) && (await this.#takeChanges(pass));
    const [{ syncedAt }, numbers] = await Promise.all([mirror.progress(), mirror.numbers()]);
    return {
      kind: isFull ? 'full' : 'incremental',
      resumed,
      issues: pass.taken.size,
      removed: pass.removed,
      total: numbers.length,
      ...(syncedAt === undefined ? {} : { syncedAt }),
      seconds: (performance.now() - started) / 1000,
      interrupted: !isDone,
    };
  }

  /** The pass over all issues. Answers whether it came to its end. */
  async #takeAll(before: MirrorProgress, pass: Pass): Promise<boolean> {
    const { tracker } = this.#ports;
    const startedAt = before.startedAt ?? (await this.#lastChange());
    const sinceSeenAt = before.startedAt === undefined ? { sinceSeenAt: this.#now().toISOString() } : {};
    const total = await tracker.count({});
    const seen = new Set<IssueNumber>();
    const query = { sort: 'number', order: 'asc' } as const;
    let cursor = before.startedAt === undefined ? undefined : before.cursor;
    for (;;) {
      if (pass.signal.aborted) return false;
      const page = await tracker
        .list(query, { limit: this.#pageSize, ...(cursor === undefined ? {} : { cursor }) })
        .catch((error: unknown) => {
          // A place in the sequence that the tracker no longer knows, e.g. after an update of it: from the start.
          if (cursor !== undefined && isMarkitectError(error) && error.code === 'CURSOR_INVALID')
            return undefined;
          throw error;
        });
      if (page === undefined) {
        cursor = undefined;
        continue;
      }
      for (const { number } of page.items) seen.add(number);
      // The last page is where an interrupted check begins, so that not all has to be done again.
      const place = page.nextCursor ?? cursor;
      await this.#take(page.items, pass, {
        ...known(before),
        startedAt,
        ...(place === undefined ? {} : { cursor: place }),
      });
      pass.tell({ phase: 'all', issues: pass.taken.size, total });
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    const { cursor: last } = await this.#ports.mirror.progress();
    const progress = { ...known(before), startedAt, ...(last === undefined ? {} : { cursor: last }) };
    if (!(await this.#check(pass, progress, seen)).isDone) return false;
    // All of it was read after that change was seen.
    const settled = later(before.settled, earlier(startedAt));
    await this.#ports.mirror.apply({
      progress: { ...known(before, 'sinceSeenAt'), settled, since: startedAt, ...sinceSeenAt },
    });
    return true;
  }

  /** What has changed since the last pass. Answers whether it came to its end. */
  async #takeChanges(pass: Pass): Promise<boolean> {
    const { tracker, mirror } = this.#ports;
    const before = await mirror.progress();
    const since = earlier(before.since ?? '');
    for (let round = 1; ; round++) {
      const syncedAt = this.#now().toISOString();
      const [next, labels, milestones] = await Promise.all([
        this.#lastChange(since),
        tracker.labels(),
        tracker.milestones(),
      ]);
      const seenAt = this.#now().toISOString();
      let cursor: string | undefined;
      do {
        if (pass.signal.aborted) return false;
        const page = await tracker.list(
          { updatedSince: since, sort: 'number', order: 'asc' },
          { limit: this.#pageSize, ...(cursor === undefined ? {} : { cursor }) },
        );
        await this.#take(await this.#different(page.items, before), pass, before);
        pass.tell({ phase: 'changes', issues: pass.taken.size });
        cursor = page.nextCursor;
      } while (cursor !== undefined);

      const [there, here] = await Promise.all([tracker.count({}), mirror.numbers()]);
      const checked = there === here.length ? noneGone : await this.#check(pass, before);
      if (!checked.isDone) return false;
      // Pages move up when issues before them are removed, and one may have slipped through between two of them.
      if (checked.removed > 0 && round < MAX_ROUNDS) continue;
      // The last change may itself have been removed: the place never goes back.
      const place = before.since !== undefined && next < before.since ? before.since : next;
      const progress = {
        since: place,
        sinceSeenAt: seenAt,
        settled: settledBy(before, next, syncedAt),
        syncedAt,
      };
      await mirror.apply({ labels, milestones, progress });
      return true;
    }
  }

  /**
   * Removes issues the tracker has no longer, and takes over those that slipped through. What `seen` holds was taken over
   * by the pass that calls.
   */
  async #check(
    pass: Pass,
    progress: MirrorProgress,
    seen: ReadonlySet<IssueNumber> = new Set(),
  ): Promise<{ readonly isDone: boolean; readonly removed: number }> {
    const { tracker, mirror } = this.#ports;
    const gone = new Set(await mirror.numbers());
    const here = new Set(gone);
    const [firstSeen = Number.POSITIVE_INFINITY] = seen;
    let slipped: Issue[] = [];
    const takeSlipped = async () => {
      await this.#take(slipped, pass, progress);
      slipped = [];
    };
    for await (const issue of tracker.stream({ sort: 'number', order: 'asc' })) {
      if (pass.signal.aborted) return { isDone: false, removed: 0 };
      gone.delete(issue.number);
      if (here.has(issue.number) && (issue.number < firstSeen || seen.has(issue.number))) continue;
      slipped.push(issue);
      if (slipped.length >= this.#pageSize) await takeSlipped();
    }
    // One that was not in the sequence may have slipped through, too: only asked for by its number it is surely gone.
    const asked = [...gone];
    const answers = await tracker.getMany(asked);
    slipped.push(...answers.filter((issue) => issue !== undefined));
    const removed = asked.filter((_, index) => answers[index] === undefined);
    await takeSlipped();
    if (removed.length > 0) await mirror.apply({ removed, progress });
    pass.removed += removed.length;
    pass.tell({ phase: 'check', issues: pass.taken.size });
    return { isDone: true, removed: removed.length };
  }

  /** Those that are not in the mirror just so, or were read before the second of their last change was surely over. */
  async #different(issues: readonly Issue[], { settled }: MirrorProgress): Promise<readonly Issue[]> {
    if (settled === undefined) return issues;
    const here = await this.#ports.mirror.getMany(issues.map(({ number }) => number));
    return issues.filter(
      (issue, index) => issue.updatedAt > settled || !isDeepStrictEqual(issue, here[index]),
    );
  }

  async #take(issues: readonly Issue[], { turn, taken }: Pass, progress: MirrorProgress): Promise<void> {
    const mirrored = await mirrorIssues(this.#ports.tracker, issues);
    turn.require();
    await this.#ports.mirror.apply({ issues: mirrored, progress });
    for (const { issue } of mirrored) taken.add(issue.number);
  }

  /** When the tracker last changed an issue, by its own clock; `since` when it has not since then. */
  async #lastChange(since: Timestamp = new Date(0).toISOString()): Promise<Timestamp> {
    const query = { updatedSince: since, sort: 'updatedAt', order: 'desc' } as const;
    const { items } = await this.#ports.tracker.list(query, { limit: 1 });
    return items[0]?.updatedAt ?? since;
  }
}

const noneGone = { isDone: true, removed: 0 } as const;

/** What stays known while a pass over all issues is under way: the mirror can be read meanwhile. */
function known(progress: MirrorProgress, but?: keyof MirrorProgress): MirrorProgress {
  const forgotten = new Set<string>(['cursor', 'startedAt', ...(but === undefined ? [] : [but])]);
  return Object.fromEntries(Object.entries(progress).filter(([name]) => !forgotten.has(name)));
}
