import { isMarkitectError, type Issue, type IssueNumber, type Timestamp } from '@markitect/domain';
import type { IssueMirror, IssueRepository, MirrorProgress, MirrorStep } from '@markitect/ports';
import { mirrorIssues } from './mirror-issues.js';
import type { SyncReport, SyncRun } from './sync-report.js';

export interface IssueSyncPorts {
  /** The tracker itself: never one that answers with what was last known. */
  readonly tracker: IssueRepository;
  readonly mirror: IssueMirror;
}

export interface IssueSyncOptions {
  /** Issues in one step, which is one commit, 1 to 500. Default 50. */
  readonly pageSize?: number;
  readonly now?: () => Date;
}

/**
 * How far back changes are asked for again. A tracker stamps a change when its transaction begins and shows it when it
 * is committed, so that one stamped earlier can appear later.
 */
const OVERLAP_MS = 5_000;

/** How often the changes are read again because issues were removed while they were read. */
const MAX_ROUNDS = 3;

interface Tally {
  issues: number;
  removed: number;
}

/**
 * Keeps the mirror of a tracker as the tracker is. Every step is one commit that says how far it came, so that a process
 * may die at any moment: the next run goes on, and what is done twice leaves what doing it once leaves.
 *
 * The clock is the tracker's: a pass begins at the last change the tracker knows of, and that is where the next one goes
 * on. A clock of this machine that is ahead would lose changes.
 */
export class IssueSyncService {
  readonly #ports: IssueSyncPorts;
  readonly #pageSize: number;
  readonly #now: () => Date;
  #running: Promise<SyncReport> | undefined;

  constructor(ports: IssueSyncPorts, { pageSize = 50, now = () => new Date() }: IssueSyncOptions = {}) {
    this.#ports = ports;
    this.#pageSize = pageSize;
    this.#now = now;
  }

  /** How far the mirror is. */
  progress(): Promise<MirrorProgress> {
    return this.#ports.mirror.progress();
  }

  /**
   * Takes over what has changed; every issue when that was never done, or was interrupted, or is asked for. Whoever
   * calls while it runs here gets the report of that run. Throws what the ports throw; what was taken over stays.
   */
  sync(run: SyncRun = {}): Promise<SyncReport> {
    this.#running ??= this.#sync(run).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #sync(run: SyncRun): Promise<SyncReport> {
    const started = performance.now();
    const { mirror } = this.#ports;
    const tally: Tally = { issues: 0, removed: 0 };
    const before = await mirror.progress();
    const resumed = before.startedAt !== undefined;
    const isFull = run.full === true || resumed || before.since === undefined;
    const isDone =
      (!isFull || (await this.#takeAll(before, run, tally))) && (await this.#takeChanges(run, tally));
    const [{ syncedAt }, numbers] = await Promise.all([mirror.progress(), mirror.numbers()]);
    return {
      kind: isFull ? 'full' : 'incremental',
      resumed,
      ...tally,
      total: numbers.length,
      ...(syncedAt === undefined ? {} : { syncedAt }),
      seconds: (performance.now() - started) / 1000,
      interrupted: !isDone,
    };
  }

  /** The pass over all issues. Answers whether it came to its end. */
  async #takeAll(before: MirrorProgress, run: SyncRun, tally: Tally): Promise<boolean> {
    const { tracker } = this.#ports;
    const startedAt = before.startedAt ?? (await this.#lastChange());
    const total = await tracker.count({});
    const seen = new Set<IssueNumber>();
    const query = { sort: 'number', order: 'asc' } as const;
    let cursor = before.startedAt === undefined ? undefined : before.cursor;
    for (;;) {
      if (run.signal?.aborted === true) return false;
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
      await this.#take(page.items, tally, {
        ...known(before),
        startedAt,
        ...(place === undefined ? {} : { cursor: place }),
      });
      run.onProgress?.({ phase: 'all', issues: tally.issues, total });
      cursor = page.nextCursor;
      if (cursor === undefined) break;
    }
    const { cursor: last } = await this.#ports.mirror.progress();
    const progress = { ...known(before), startedAt, ...(last === undefined ? {} : { cursor: last }) };
    if (!(await this.#check(run, tally, progress, seen)).isDone) return false;
    await this.#ports.mirror.apply({ progress: { ...known(before), since: startedAt } });
    return true;
  }

  /** What has changed since the last pass. Answers whether it came to its end. */
  async #takeChanges(run: SyncRun, tally: Tally): Promise<boolean> {
    const { tracker, mirror } = this.#ports;
    const before = await mirror.progress();
    const since = new Date(Math.max(0, Date.parse(before.since ?? '') - OVERLAP_MS)).toISOString();
    for (let round = 1; ; round++) {
      const syncedAt = this.#now().toISOString();
      const [next, labels, milestones] = await Promise.all([
        this.#lastChange(since),
        tracker.labels(),
        tracker.milestones(),
      ]);
      let cursor: string | undefined;
      do {
        if (run.signal?.aborted === true) return false;
        const page = await tracker.list(
          { updatedSince: since, sort: 'number', order: 'asc' },
          { limit: this.#pageSize, ...(cursor === undefined ? {} : { cursor }) },
        );
        await this.#take(page.items, tally, before);
        run.onProgress?.({ phase: 'changes', issues: tally.issues });
        cursor = page.nextCursor;
      } while (cursor !== undefined);

      const [there, here] = await Promise.all([tracker.count({}), mirror.numbers()]);
      const checked = there === here.length ? noneGone : await this.#check(run, tally, before);
      if (!checked.isDone) return false;
      // Pages move up when issues before them are removed, and one may have slipped through between two of them.
      if (checked.removed > 0 && round < MAX_ROUNDS) continue;
      // The last change may itself have been removed: the place never goes back.
      const place = before.since !== undefined && next < before.since ? before.since : next;
      await mirror.apply({ labels, milestones, progress: { since: place, syncedAt } });
      return true;
    }
  }

  /**
   * Removes issues the tracker has no longer, and takes over those that slipped through. What `seen` holds was taken over
   * by the pass that calls.
   */
  async #check(
    run: SyncRun,
    tally: Tally,
    progress: MirrorProgress,
    seen: ReadonlySet<IssueNumber> = new Set(),
  ): Promise<{ readonly isDone: boolean; readonly removed: number }> {
    const { tracker, mirror } = this.#ports;
    const gone = new Set(await mirror.numbers());
    const here = new Set(gone);
    const [firstSeen = Number.POSITIVE_INFINITY] = seen;
    let slipped: Issue[] = [];
    const takeSlipped = async () => {
      await this.#take(slipped, tally, progress);
      slipped = [];
    };
    for await (const issue of tracker.stream({ sort: 'number', order: 'asc' })) {
      if (run.signal?.aborted === true) return { isDone: false, removed: 0 };
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
    tally.removed += removed.length;
    run.onProgress?.({ phase: 'check', issues: tally.issues });
    return { isDone: true, removed: removed.length };
  }

  async #take(issues: readonly Issue[], tally: Tally, progress: MirrorProgress): Promise<void> {
    const step: MirrorStep = { issues: await mirrorIssues(this.#ports.tracker, issues), progress };
    await this.#ports.mirror.apply(step);
    tally.issues += step.issues?.length ?? 0;
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
function known({ since, syncedAt }: MirrorProgress): MirrorProgress {
  return { ...(since === undefined ? {} : { since }), ...(syncedAt === undefined ? {} : { syncedAt }) };
}
