import type { Issue } from '@markitect/domain';
import { Corrupt } from '@markitect/domain';
import { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import { issueAnswer, readAnswer } from './gitea-answers.js';
import { GiteaApi } from './gitea-api.js';
import { toIssue } from './issue-mapping.js';

/** An issue and its place in the server's order, from 0. */
export interface PlacedIssue {
  readonly index: number;
  readonly issue: Issue;
}

/** A part of the server's list, and how long the whole was when it was read. */
export interface IssueRange {
  readonly entries: readonly PlacedIssue[];
  readonly total: number;
  /** Whether all of its requests found the list equally long: then it is of one piece. */
  readonly isSteady: boolean;
}

const WHAT = 'list the issues';

/** The list of issues that a server answers to one set of filters, in its only order: the latest created first. */
export class IssuePages {
  readonly #api: GiteaApi;
  readonly #filters: Readonly<Record<string, string | undefined>>;
  readonly #concurrency: number;
  #size: number;

  constructor(
    api: GiteaApi,
    filters: Readonly<Record<string, string | undefined>>,
    { size, concurrency }: { readonly size: number; readonly concurrency: number },
  ) {
    this.#api = api;
    this.#filters = filters;
    this.#size = size;
    this.#concurrency = concurrency;
  }

  /** The issues on one page. */
  get size(): number {
    return this.#size;
  }

  /** The issue at a place, and how many there are. One small request. */
  async at(index: number): Promise<{ readonly issue: Issue | undefined; readonly total: number }> {
    const { issues, total } = await this.#page(index + 1, 1);
    return { issue: issues[0], total };
  }

  /**
   * At least the issues from one place to another, both included, as far as there are any; their pages concurrently.
   */
  async range(first: number, last: number): Promise<IssueRange> {
    const from = Math.floor(first / this.#size);
    const to = Math.max(from, Math.floor(last / this.#size));
    const size = this.#size;
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const pages = await boundedMap(numbers, this.#concurrency, async (number) => ({
      number,
      ...(await this.#page(number + 1, size)),
    }));
    const clamped = pages.find(
      ({ number, issues, total }) =>
        issues.length > 0 && issues.length < size && total > number * size + issues.length,
    );
    if (clamped !== undefined && size === this.#size) {
      // The server gives less than it is asked for, and counts pages by that.
      this.#size = clamped.issues.length;
      return this.range(first, last);
    }
    const entries = pages.flatMap(({ number, issues }) =>
      issues.map((issue, offset) => ({ index: number * size + offset, issue })),
    );
    const total = pages.at(-1)?.total ?? 0;
    return { entries, total, isSteady: pages.every((page) => page.total === total) };
  }

  async #page(page: number, limit: number): Promise<{ issues: Issue[]; total: number }> {
    const response = await this.#api.send(
      { method: 'GET', path: this.#api.path('issues'), query: { ...this.#filters, page, limit } },
      { what: WHAT },
    );
    const total = GiteaApi.total(response);
    if (total === undefined) {
      throw new Corrupt('HTTP_RESPONSE_INVALID', 'the server does not say how many issues there are', {
        details: { field: 'x-total-count', request: WHAT },
      });
    }
    return { issues: readAnswer(z.array(issueAnswer), response.body, WHAT).map(toIssue), total };
  }
}
