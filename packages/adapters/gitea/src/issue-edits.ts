import type { HttpRequest, RepeatGuard } from '@markitect/connections';
import {
  Conflict,
  editedIssue,
  Forbidden,
  Invalid,
  isMarkitectError,
  type Issue,
  type IssueEdit,
  type IssueNumber,
  type JsonObject,
  type MarkitectError,
} from '@markitect/domain';
import { z } from 'zod';
import { eventAnswer, type IssueAnswer, issueAnswer, labelAnswer, readAnswer } from './gitea-answers.js';
import { type GiteaApi, hasCode, PAGE_SIZE } from './gitea-api.js';
import { withDetails } from './gitea-errors.js';
import { type Aspect, aspects, differing } from './issue-aspects.js';
import { toDate, toIssue, toLabel } from './issue-mapping.js';
import type { IssueReads } from './issue-reads.js';
import type { KnownNames } from './known-names.js';

/** How often an edit without a version is sent when others change the body at the same moment. */
const ATTEMPTS = 5;

/** What a guarded edit leaves before its title is set. */
type Claimed = Pick<IssueAnswer, 'title' | 'body' | 'content_version'>;

/** Changes issues. */
export class IssueEdits {
  readonly #api: GiteaApi;
  readonly #reads: IssueReads;
  readonly #names: KnownNames;

  constructor(api: GiteaApi, reads: IssueReads, names: KnownNames) {
    this.#api = api;
    this.#reads = reads;
    this.#names = names;
  }

  async edit(number: IssueNumber, edit: IssueEdit, version?: string): Promise<Issue> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#edit(number, edit, version);
      } catch (error) {
        const isRace = hasCode(error, 'ISSUE_CHANGED') && version === undefined && attempt < ATTEMPTS;
        if (!isRace) throw error;
      }
    }
  }

  async #edit(number: IssueNumber, edit: IssueEdit, version: string | undefined): Promise<Issue> {
    const answer = await this.#reads.require(number, true);
    const current = toIssue(answer);
    if (version !== undefined && version !== current.version) throw changed(current);
    const names = await this.#names.forChange(edit);
    const stamp = { author: '', at: current.updatedAt, version: current.version };
    const wanted = editedIssue(current, edit, names, stamp).issue;
    const pending = new Set(differing(current, wanted, aspects));
    if (pending.size === 0) return current;
    if (pending.has('state') && wanted.state === 'closed') await this.#requireUnblocked(number);

    const stored: Aspect[] = [];
    const done = (...parts: readonly Aspect[]): void => {
      for (const part of parts) if (pending.delete(part)) stored.push(part);
    };
    try {
      const patched = await this.#patches(answer, wanted, pending, version, done);
      if (stored.length > 0 && pending.size === 0) return toIssue(patched);
      if (pending.has('dueOn')) {
        await this.#setDueDate(number, wanted.dueOn);
        done('dueOn');
      }
      if (pending.has('labels')) {
        await this.#setLabels(number, wanted);
        done('labels');
      }
    } catch (error) {
      throw await this.#told(error, number, stored, [...pending]);
    }
    return toIssue(await this.#reads.require(number, true));
  }

  /**
   * Sends all but labels. The server compares `content_version` and sets it in one step only where a body is written,
   * after the title and before all others: so a guarded edit sends the body, changed or not, and a title in a second
   * request, after the first was the one that won. What the answer does not show is left pending.
   */
  async #patches(
    before: IssueAnswer,
    wanted: Issue,
    pending: ReadonlySet<Aspect>,
    version: string | undefined,
    done: (...parts: readonly Aspect[]) => void,
  ): Promise<IssueAnswer> {
    const { number, content_version: seen } = before;
    const rest = await this.#fields(wanted, pending);
    const others = ['assignees', 'milestone', 'state', 'dueOn'] as const;
    const isGuarded = version !== undefined && seen != null;
    const claimed = { title: before.title, body: wanted.body, content_version: (seen ?? 0) + 1 };
    // One that changes nothing cannot be told from another's: when its answer is lost it is sent again, and refused.
    const mine = pending.has('body') ? claimed : undefined;
    let answer = before;
    if (isGuarded && pending.has('title')) {
      answer = await this.#patch(number, { body: wanted.body, content_version: seen }, mine);
      done('body');
      const json = { title: wanted.title, ...rest, content_version: seen + 1 };
      answer = await this.#patch(number, json);
    } else if (isGuarded) {
      const json = { body: wanted.body, ...rest, content_version: seen };
      answer = await this.#patch(number, json, Object.keys(rest).length > 0 ? claimed : mine);
    } else {
      const json = {
        ...(pending.has('title') ? { title: wanted.title } : {}),
        ...(pending.has('body') ? { body: wanted.body } : {}),
        ...rest,
      };
      if (Object.keys(json).length === 0) return before;
      answer = await this.#patch(number, json);
    }
    done('title', 'body');
    const ignored = differing(toIssue(answer), wanted, others).filter((part) => pending.has(part));
    done(...others.filter((part) => !ignored.includes(part)));
    const refused = ignored.filter(
      (part) => part !== 'dueOn' || (answer.due_date == null) !== (wanted.dueOn === undefined),
    );
    if (refused.length > 0) {
      throw new Forbidden(
        'TRACKER_FORBIDDEN',
        `the user of the token may not set ${refused.join(', ')} of issue #${number}`,
        { details: { number } },
      );
    }
    return answer;
  }

  async #fields(wanted: Issue, pending: ReadonlySet<Aspect>): Promise<JsonObject> {
    const milestone =
      wanted.milestone === undefined ? undefined : await this.#names.milestone(wanted.milestone);
    return {
      ...(pending.has('assignees') ? { assignees: wanted.assignees } : {}),
      ...(pending.has('milestone') ? { milestone: milestone?.id ?? 0 } : {}),
      ...(pending.has('state') ? { state: wanted.state } : {}),
      ...(pending.has('dueOn')
        ? wanted.dueOn === undefined
          ? { unset_due_date: true }
          : { due_date: `${wanted.dueOn}T12:00:00Z` }
        : {}),
    };
  }

  async #patch(number: IssueNumber, json: JsonObject, claimed?: Claimed): Promise<IssueAnswer> {
    const what = `edit issue #${number}`;
    let repeat: HttpRequest['repeat'] = 'idempotent';
    if (claimed !== undefined) repeat = this.#editGuard(number, claimed, json);
    else if (typeof json.title === 'string') repeat = this.#titleGuard(number, json.title, json);
    const request: HttpRequest = { method: 'PATCH', path: this.#api.path('issues', number), json, repeat };
    const { body: said } = await this.#api.send(request, { what, issue: number });
    return readAnswer(issueAnswer, said, what);
  }

  /** A guarded edit has been carried out when the version is the next one and the issue is as it was to be. */
  #editGuard(number: IssueNumber, claimed: Claimed, json: JsonObject): RepeatGuard {
    return {
      carriedOut: async (signal) => {
        const what = `look for the edit of issue #${number}`;
        const response = await this.#api.send(
          { method: 'GET', path: this.#api.path('issues', number), signal, share: false },
          { what, issue: number },
        );
        const answer = readAnswer(issueAnswer, response.body, what);
        const isOurs =
          answer.content_version === claimed.content_version &&
          (answer.body ?? '') === claimed.body &&
          // It is set after the claim: another one is that of somebody else, who was first.
          answer.title === claimed.title &&
          isStored(json, answer);
        return isOurs ? { ...response, status: 201 } : undefined;
      },
    };
  }

  /**
   * A title that was set, and by somebody else to another one after that, must not be set again: the events tell of it.
   * What follows the title may be missing although it is stored: then all of it is sent again.
   */
  #titleGuard(number: IssueNumber, title: string, json: JsonObject): RepeatGuard {
    // The clock of the server as its answers show it is never ahead of the one that stamps events, in whole seconds.
    const since = new Date(Math.floor(this.#api.serverNow() / 1000) * 1000).toISOString();
    const what = `look for the edit of issue #${number}`;
    return {
      carriedOut: async (signal) => {
        const read = (path: string, query = {}) =>
          this.#api.send({ method: 'GET', path, query, signal, share: false }, { what, issue: number });
        const path = this.#api.path('issues', number);
        const events = await read(`${path}/timeline`, { since, limit: PAGE_SIZE });
        const wasSet = (readAnswer(z.array(eventAnswer.nullable()).nullable(), events.body, what) ?? []).some(
          (event) => event?.type === 'change_title' && event.new_title === title,
        );
        if (!wasSet) return undefined;
        const response = await read(path);
        const isAll = isStored(json, readAnswer(issueAnswer, response.body, what));
        return isAll ? { ...response, status: 201 } : undefined;
      },
    };
  }

  /** By a request of its own: only there the day is that of the server's zone. */
  async #setDueDate(number: IssueNumber, dueOn: string | undefined): Promise<void> {
    const what = `set the due date of issue #${number}`;
    const { body } = await this.#api.send(
      {
        method: 'POST',
        path: this.#api.path('issues', number, 'deadline'),
        json: { due_date: dueOn === undefined ? null : `${dueOn}T12:00:00Z` },
        repeat: 'idempotent',
      },
      { what, issue: number },
    );
    const answer = readAnswer(z.object({ due_date: z.string().nullish() }), body, what);
    if ((answer.due_date == null ? undefined : toDate(answer.due_date)) === dueOn) return;
    throw new Invalid('REQUEST_INVALID', `the server does not keep ${dueOn ?? 'no day'} as a due date`, {
      details: { field: 'dueOn', number },
    });
  }

  async #setLabels(number: IssueNumber, wanted: Issue): Promise<void> {
    const what = `set the labels of issue #${number}`;
    const names = wanted.labels.map(({ name }) => name);
    for (let attempt = 1; ; attempt += 1) {
      const { body } = await this.#api.send(
        {
          method: 'PUT',
          path: this.#api.path('issues', number, 'labels'),
          json: { labels: await this.#names.labelIds(names) },
        },
        { what, issue: number },
      );
      const stored = (readAnswer(z.array(labelAnswer).nullable(), body, what) ?? []).map(
        (label) => toLabel(label).name,
      );
      const missing = names.find((name) => !stored.includes(name));
      if (missing === undefined) return;
      // The server leaves out labels that it does not have, without a word: what was remembered is old.
      this.#names.forget();
      if (attempt > 1) {
        throw new Invalid('ISSUE_LABEL_UNKNOWN', `the label "${missing}" is not there any more`, {
          details: { field: 'labels', label: missing },
        });
      }
    }
  }

  /** The server refuses to close only after it has stored the rest of an edit: so it is asked before. */
  async #requireUnblocked(number: IssueNumber): Promise<void> {
    const { issues, open } = await this.#reads.dependencies(number, 'dependencies');
    if (open === 0) return;
    const blockers = issues.filter(({ state }) => state === 'open').map((issue) => issue.number);
    throw new Conflict(
      'ISSUE_BLOCKED',
      `issue #${number} waits for ${blockers.length === 0 ? 'an open one' : blockers.map((each) => `#${each}`).join(', ')}`,
      { details: { number, blockers } },
    );
  }

  /** What an edit that failed in the middle says: what is stored, and what an issue is like now that others changed it. */
  async #told(
    error: unknown,
    number: IssueNumber,
    stored: readonly Aspect[],
    notStored: readonly Aspect[],
  ): Promise<unknown> {
    if (!isMarkitectError(error)) return error;
    let told: MarkitectError = error;
    if (hasCode(error, 'ISSUE_CHANGED')) told = changed(toIssue(await this.#reads.require(number, true)));
    if (stored.length === 0) return told;
    return withDetails(
      told,
      `${told.message}; of this edit ${stored.join(', ')} is stored, ${notStored.join(', ')} is not`,
      { stored: [...stored], notStored: [...notStored] },
    );
  }
}

/** Whether what an edit sends beside texts is as it was sent. */
function isStored({ state, milestone }: JsonObject, answer: IssueAnswer): boolean {
  return (
    (state === undefined || state === answer.state) &&
    (milestone === undefined || milestone === (answer.milestone?.id ?? 0))
  );
}

function changed({ number, version }: Issue): Conflict {
  return new Conflict('ISSUE_CHANGED', `issue #${number} was changed by somebody else`, {
    details: { number, version },
  });
}
