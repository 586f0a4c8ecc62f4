import {
  type Issue,
  type IssueComment,
  type IssueEvent,
  type IssueNumber,
  NotFound,
} from '@markitect/domain';
import { pageLimit, type JsonValue, type Page, type PageRequest } from '@markitect/domain';
import { decodeCursor, encodeCursor } from '@markitect/ports';
import { z } from 'zod';
import {
  commentAnswer,
  dependencyAnswer,
  eventAnswer,
  type IssueAnswer,
  issueAnswer,
  readAnswer,
} from './gitea-answers.js';
import { type GiteaApi, hasCode, PAGE_SIZE } from './gitea-api.js';
import { toComment, toEvent, toIssue, toTimestamp } from './issue-mapping.js';

/** The most numbers of issues that are remembered. */
const MOST_KNOWN = 10_000;
/** More than an issue waits for; the server takes it as it is for one of the two lists, and clamps it for the other. */
const DEPENDENCY_PAGE = 1000;
const MOST_PAGES = 2000;

/** The issues that one issue has to do with. */
export interface Dependencies {
  /** Those of this repository. */
  readonly issues: readonly Issue[];
  /** How many are open, those of other repositories and those the user may not see included. */
  readonly open: number;
}

/** Single issues and what belongs to them. */
export class IssueReads {
  readonly #api: GiteaApi;
  /** Numbers that were seen to be issues: neither pull requests nor nothing. A number never becomes another thing. */
  readonly #known = new Set<IssueNumber>();

  constructor(api: GiteaApi) {
    this.#api = api;
  }

  async get(number: IssueNumber): Promise<Issue | undefined> {
    const answer = await this.find(number);
    return answer === undefined ? undefined : toIssue(answer);
  }

  /** What the server says of an issue; `undefined` where there is none, or a pull request. */
  async find(number: IssueNumber, fresh = false): Promise<IssueAnswer | undefined> {
    const what = `read issue #${number}`;
    try {
      const { body } = await this.#api.send(
        { method: 'GET', path: this.#api.path('issues', number), ...(fresh ? { share: false } : {}) },
        { what, issue: number },
      );
      const answer = readAnswer(issueAnswer, body, what);
      if (answer.pull_request != null) return undefined;
      this.know([number]);
      return answer;
    } catch (error) {
      if (!hasCode(error, 'ISSUE_NOT_FOUND')) throw error;
      this.#known.delete(number);
      return undefined;
    }
  }

  /** Throws NotFound `ISSUE_NOT_FOUND`. */
  async require(number: IssueNumber, fresh = false): Promise<IssueAnswer> {
    const answer = await this.find(number, fresh);
    if (answer !== undefined) return answer;
    throw new NotFound('ISSUE_NOT_FOUND', `there is no issue #${number}`, { details: { number } });
  }

  /** Remembers numbers that are issues. */
  know(numbers: Iterable<IssueNumber>): void {
    for (const number of numbers) {
      this.#known.delete(number);
      this.#known.add(number);
    }
    for (const oldest of this.#known) {
      if (this.#known.size <= MOST_KNOWN) break;
      this.#known.delete(oldest);
    }
  }

  /**
   * Does something with an issue that the server does not check by itself: it takes pull requests for issues, and
   * answers some requests about a number that is nothing with 500. An issue that was not seen yet is read before.
   */
  async about<T>(number: IssueNumber, work: () => Promise<T>): Promise<T> {
    if (!this.#known.has(number)) await this.require(number);
    try {
      return await work();
    } catch (error) {
      if (hasCode(error, 'HTTP_SERVER_FAILED')) await this.require(number);
      throw error;
    }
  }

  async comments(number: IssueNumber): Promise<readonly IssueComment[]> {
    const what = `read the comments of issue #${number}`;
    return this.about(number, async () => {
      const { body } = await this.#api.send(
        { method: 'GET', path: this.#api.path('issues', number, 'comments') },
        { what, issue: number },
      );
      return (readAnswer(z.array(commentAnswer).nullable(), body, what) ?? []).map(toComment);
    });
  }

  /** The issues it waits for (`dependencies`), or that wait for it (`blocks`). */
  async dependencies(number: IssueNumber, kind: 'dependencies' | 'blocks'): Promise<Dependencies> {
    return this.about(number, async () => {
      try {
        return await this.#dependencies(number, kind);
      } catch (error) {
        if (!hasCode(error, 'ISSUE_NOT_FOUND')) throw error;
        // The issue is gone, or dependencies are switched off in this repository: then nothing waits.
        await this.require(number);
        return { issues: [], open: 0 };
      }
    });
  }

  async #dependencies(number: IssueNumber, kind: 'dependencies' | 'blocks'): Promise<Dependencies> {
    const what = `read the ${kind} of issue #${number}`;
    const path = this.#api.path('issues', number, kind);
    const found = await this.#api.all(path, z.unknown(), { what, issue: number }, { limit: DEPENDENCY_PAGE });
    const answers = found.map((body) => ({ body, head: readAnswer(dependencyAnswer, body, what) }));
    const issues = answers.flatMap(({ body, head }) =>
      this.#isHere(head.repository) && head.pull_request == null
        ? [toIssue(readAnswer(issueAnswer, body, what))]
        : [],
    );
    return {
      issues: issues.sort((a, b) => a.number - b.number),
      open: answers.filter(({ head }) => head.state === 'open').length,
    };
  }

  #isHere(repository: { readonly owner: string; readonly name: string } | null | undefined): boolean {
    if (repository == null) return false;
    const name = `${repository.owner}/${repository.name}`.toLowerCase();
    return name === `${this.#api.owner}/${this.#api.repository}`.toLowerCase();
  }

  /** Pages of events, in the order of their times. The server counts only those of the page it answers. */
  async timeline(number: IssueNumber, page: PageRequest = {}): Promise<Page<IssueEvent>> {
    const limit = pageLimit(page);
    const sequence: JsonValue = ['gitea timeline', number];
    const place = page.cursor === undefined ? undefined : decodeCursor(page.cursor, sequence, isEventPlace);
    return this.about(number, async () => {
      const isAfter = (event: IssueEvent): boolean =>
        place === undefined || event.at > place[1] || (event.at === place[1] && event.id > place[2]);
      const found = new Map<number, { event: IssueEvent; page: number }>();
      let first = place?.[0] ?? 1;
      let events = await this.#events(number, first);
      // Events may have been deleted before the place: then those after it have moved to the page before.
      while (first > 1 && (events === undefined || events.every(isAfter))) {
        first -= 1;
        events = await this.#events(number, first);
      }
      for (let current = first; events !== undefined && current < MOST_PAGES; current += 1) {
        for (const event of events) if (isAfter(event)) found.set(event.id, { event, page: current });
        if (found.size > limit) break;
        events = await this.#events(number, current + 1);
      }
      const all = [...found.values()];
      const items = all.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(({ event }) => event),
        ...(all.length > limit && last !== undefined
          ? { nextCursor: encodeCursor(sequence, [last.page, last.event.at, last.event.id]) }
          : {}),
      };
    });
  }

  /** One page of events; `undefined` beyond the last. Events that the user may not see are missing, or null. */
  async #events(number: IssueNumber, page: number): Promise<readonly IssueEvent[] | undefined> {
    const what = `read the timeline of issue #${number}`;
    const { body } = await this.#api.send(
      {
        method: 'GET',
        path: this.#api.path('issues', number, 'timeline'),
        query: { page, limit: PAGE_SIZE },
      },
      { what, issue: number },
    );
    const answers = readAnswer(z.array(eventAnswer.nullable()).nullable(), body, what) ?? [];
    if (answers.length === 0) return undefined;
    return answers.flatMap((answer) => (answer === null ? [] : [toEvent(answer)]));
  }
}

type EventPlace = readonly [page: number, at: string, id: number];

function isEventPlace(place: readonly JsonValue[]): place is EventPlace {
  const [page, at, id] = place;
  return (
    place.length === 3 &&
    Number.isInteger(page) &&
    Number(page) >= 1 &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    toTimestamp(at) === at &&
    Number.isInteger(id)
  );
}
