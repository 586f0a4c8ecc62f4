import type { HttpClient, HttpRequest, HttpResponse } from '@markitect/connections';
import { isMarkitectError } from '@markitect/domain';
import { z } from 'zod';
import { readAnswer } from './gitea-answers.js';
import { giteaFailure, type RequestSubject } from './gitea-errors.js';
import type { GiteaOptions } from './gitea-options.js';
import { limitedClient } from './limited-client.js';

/** The most items that one page has, on servers that are not configured otherwise. */
export const PAGE_SIZE = 50;

/** More pages than any list has: ends a walk along a server that never says that it is done. */
const MOST_PAGES = 2000;

/**
 * Requests below one repository. Every refusal is thrown translated; what the client throws goes through as it is.
 */
export class GiteaApi {
  readonly #client: HttpClient;
  readonly owner: string;
  readonly repository: string;
  /** How far the server's clock is ahead of ours, in milliseconds; what its last `Date` said. */
  #aheadMs = 0;

  constructor(client: HttpClient, { owner, repository }: Pick<GiteaOptions, 'owner' | 'repository'>) {
    this.#client = limitedClient(client);
    this.owner = owner;
    this.repository = repository;
  }

  /** The path of something in the repository; parts are encoded. */
  path(...parts: readonly (string | number)[]): string {
    return ['repos', this.owner, this.repository, ...parts]
      .map((part) => encodeURIComponent(String(part)))
      .join('/');
  }

  /** Now, by the clock of the server, as far as it is known, in milliseconds; a `Date` has whole seconds. */
  serverNow(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Sends a request and answers what was answered with 2xx. */
  async send(request: HttpRequest, subject: RequestSubject): Promise<HttpResponse> {
    const response = await this.#client.request(request);
    const date = Date.parse(response.headers.date ?? '');
    if (!Number.isNaN(date)) this.#aheadMs = date - Date.now();
    if (response.status >= 200 && response.status < 300) return response;
    // A missing issue and a missing repository answer alike. To take the one for the other would empty a mirror.
    if (response.status === 404 && subject.issue !== undefined) await this.requireRepository();
    throw giteaFailure(response, subject);
  }

  /** Throws NotFound `TRACKER_NOT_FOUND` when there is no such repository. */
  async requireRepository(): Promise<void> {
    await this.send(
      { method: 'GET', path: this.path() },
      { what: `find the repository ${this.owner}/${this.repository}` },
    );
  }

  /** All items of a list, its pages one after the other. */
  async all<T>(
    path: string,
    schema: z.ZodType<T>,
    subject: RequestSubject,
    { limit = PAGE_SIZE, ...query }: Readonly<Record<string, string | number>> = {},
  ): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const response = await this.send(
        { method: 'GET', path, query: { ...query, page, limit }, share: false },
        subject,
      );
      // A list without items is null in some of the server's answers.
      const items = readAnswer(z.array(schema).nullable(), response.body, subject.what) ?? [];
      all.push(...items);
      const total = GiteaApi.total(response);
      if (items.length === 0 || (total === undefined ? items.length < PAGE_SIZE : all.length >= total)) break;
    }
    return all;
  }

  /** The number of all results, of an answer that is one page of them. */
  static total(response: HttpResponse): number | undefined {
    const total = Number(response.headers['x-total-count'] ?? Number.NaN);
    return Number.isInteger(total) && total >= 0 ? total : undefined;
  }
}

/** Whether an error has this code. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return isMarkitectError(error) && codes.includes(error.code);
}
