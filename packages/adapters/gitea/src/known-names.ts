import type { IssueDraft, IssueEdit, Label, Milestone, TrackerNames } from '@markitect/domain';
import { z } from 'zod';
import {
  labelAnswer,
  type LabelAnswer,
  milestoneAnswer,
  type MilestoneAnswer,
  readAnswer,
  userAnswer,
} from './gitea-answers.js';
import { type GiteaApi, hasCode } from './gitea-api.js';
import { byText, toLabel, toMilestone } from './issue-mapping.js';

/** A label and where it is defined. */
export interface KnownLabel {
  readonly answer: LabelAnswer;
  /** Of the organization, for all of its repositories. */
  readonly isShared: boolean;
}

/**
 * The names of labels, milestones and users, and their numbers on the server. Each list is fetched when it is first
 * needed, shared by those who ask meanwhile, and fetched again when a name is not in it: what others add is found,
 * what others take away is noticed by the server's answer to the write.
 */
export class KnownNames {
  readonly #api: GiteaApi;
  readonly #labels: Remembered<readonly KnownLabel[]>;
  readonly #milestones: Remembered<readonly MilestoneAnswer[]>;
  readonly #assignees: Remembered<ReadonlySet<string>>;

  constructor(api: GiteaApi) {
    this.#api = api;
    this.#labels = new Remembered(() => this.#fetchLabels());
    this.#milestones = new Remembered(() => this.#fetchMilestones());
    this.#assignees = new Remembered(() => this.#fetchAssignees());
  }

  /** Forgets what was fetched, after the server did not know one of it. */
  forget(): void {
    this.#labels.forget();
    this.#milestones.forget();
    this.#assignees.forget();
  }

  /** All labels, by name, fetched anew. Of several of one name (the server allows that) the oldest of the repository. */
  async labels(): Promise<readonly Label[]> {
    const known = await this.#labels.anew();
    const byName = new Map(known.toReversed().map(({ answer }) => [answer.name, toLabel(answer)]));
    return [...byName.values()].sort(byText(({ name }) => name));
  }

  /** All milestones, by title, fetched anew. */
  async milestones(): Promise<readonly Milestone[]> {
    const known = await this.#milestones.anew();
    const byTitle = new Map(known.toReversed().map((answer) => [answer.title, toMilestone(answer)]));
    return [...byTitle.values()].sort(byText(({ title }) => title));
  }

  /** The label of a name. `anew`: by what the server says now. */
  async label(name: string, anew = false): Promise<KnownLabel | undefined> {
    return (await this.#labelsOf(name, anew))[0];
  }

  /**
   * Whether the name means exactly one label of the repository, `undefined` when there is none at all. Only then does
   * a filter of the server mean the same issues as the name does.
   */
  async isPlainLabel(name: string, anew: boolean): Promise<boolean | undefined> {
    const found = await this.#labelsOf(name, anew);
    return found.length === 0 ? undefined : found.length === 1 && found[0]?.isShared === false;
  }

  async milestone(title: string, anew = false): Promise<MilestoneAnswer | undefined> {
    return (await this.#milestonesOf(title, anew))[0];
  }

  /** Whether the title means exactly one milestone, `undefined` when there is none at all. */
  async isPlainMilestone(title: string, anew: boolean): Promise<boolean | undefined> {
    const found = await this.#milestonesOf(title, anew);
    return found.length === 0 ? undefined : found.length === 1;
  }

  /** What a change may name, looked up before it: of all that the change names. */
  async forChange(change: IssueDraft | IssueEdit): Promise<TrackerNames> {
    const { labels = [], milestone, assignees = [] } = change;
    const [knownLabels, knownMilestone, knownUsers] = await Promise.all([
      Promise.all(labels.map((name) => this.label(name))),
      milestone == null ? undefined : this.milestone(milestone),
      Promise.all(assignees.map((name) => this.#isAssignable(name))),
    ]);
    const found = new Map(labels.map((name, index) => [name, knownLabels[index]]));
    return {
      label: (name) => {
        const known = found.get(name);
        return known === undefined ? undefined : toLabel(known.answer);
      },
      hasMilestone: (title) => knownMilestone?.title === title,
      hasUser: (name) => knownUsers[assignees.indexOf(name)] === true,
    };
  }

  /** The numbers of labels that are known to be there. */
  async labelIds(names: readonly string[]): Promise<readonly number[]> {
    const labels = await Promise.all(names.map((name) => this.label(name)));
    return labels.flatMap((label) => (label === undefined ? [] : [label.answer.id]));
  }

  async #labelsOf(name: string, anew: boolean): Promise<readonly KnownLabel[]> {
    const find = (known: readonly KnownLabel[]) => known.filter(({ answer }) => answer.name === name);
    return this.#labels.find(find, (found) => found.length > 0, anew);
  }

  async #milestonesOf(title: string, anew: boolean): Promise<readonly MilestoneAnswer[]> {
    const find = (known: readonly MilestoneAnswer[]) => known.filter((each) => each.title === title);
    return this.#milestones.find(find, (found) => found.length > 0, anew);
  }

  async #isAssignable(name: string): Promise<boolean> {
    return this.#assignees.find(
      (known) => known.has(name),
      (found) => found,
      false,
    );
  }

  /** Those of the repository first, the oldest first. */
  async #fetchLabels(): Promise<readonly KnownLabel[]> {
    const [own, shared] = await Promise.all([
      this.#api.all(this.#api.path('labels'), labelAnswer, { what: 'list the labels' }),
      this.#api
        .all(`orgs/${encodeURIComponent(this.#api.owner)}/labels`, labelAnswer, {
          what: 'list the labels of the organization',
        })
        .catch((error: unknown) => {
          // The owner is a user, or the token may not look at organizations.
          if (hasCode(error, 'TRACKER_NOT_FOUND', 'TRACKER_FORBIDDEN')) return [];
          throw error;
        }),
    ]);
    return [
      ...own.map((answer) => ({ answer, isShared: false })),
      ...shared.map((answer) => ({ answer, isShared: true })),
    ].sort((a, b) => Number(a.isShared) - Number(b.isShared) || a.answer.id - b.answer.id);
  }

  async #fetchMilestones(): Promise<readonly MilestoneAnswer[]> {
    const all = await this.#api.all(
      this.#api.path('milestones'),
      milestoneAnswer,
      { what: 'list the milestones' },
      {
        state: 'all',
      },
    );
    return all.sort((a, b) => a.id - b.id);
  }

  async #fetchAssignees(): Promise<ReadonlySet<string>> {
    const { body } = await this.#api.send(
      { method: 'GET', path: this.#api.path('assignees') },
      { what: 'list the users who may be assigned' },
    );
    return new Set(
      readAnswer(z.array(userAnswer).nullable(), body, 'list the users')?.map(({ login }) => login),
    );
  }
}

/** A value that is fetched once, and again when it turns out to be old. */
class Remembered<T> {
  readonly #fetch: () => Promise<T>;
  #value: Promise<T> | undefined;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  forget(): void {
    this.#value = undefined;
  }

  async anew(): Promise<T> {
    const value = this.#fetch();
    this.#value = value;
    value.catch(() => {
      if (this.#value === value) this.#value = undefined;
    });
    return value;
  }

  /** Looks something up; once more in a new value when it is not found in one that was there before. */
  async find<R>(look: (value: T) => R, isFound: (found: R) => boolean, anew: boolean): Promise<R> {
    const before = this.#value;
    const found = look(await (anew || before === undefined ? this.anew() : before));
    if (isFound(found) || anew || before === undefined) return found;
    // Others may have missed a name meanwhile: what they fetch is as new.
    const now = this.#value;
    return look(await (now === undefined || now === before ? this.anew() : now));
  }
}
