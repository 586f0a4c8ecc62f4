import {
  checkedComment,
  Forbidden,
  isMarkitectError,
  type Issue,
  type IssueComment,
  type IssueDraft,
  type IssueNumber,
  newIssue,
} from '@markitect/domain';
import { commentAnswer, type IssueAnswer, issueAnswer, readAnswer } from './gitea-answers.js';
import { type GiteaApi, hasCode } from './gitea-api.js';
import { withDetails } from './gitea-errors.js';
import { type Aspect, differing } from './issue-aspects.js';
import type { IssueEdits } from './issue-edits.js';
import { toComment, toIssue } from './issue-mapping.js';
import type { IssueReads } from './issue-reads.js';
import type { KnownNames } from './known-names.js';
import type { TrackerUser } from './tracker-user.js';

/** Adds issues and comments: what has to be found again when its answer is lost. */
export class IssueAdditions {
  readonly #api: GiteaApi;
  readonly #reads: IssueReads;
  readonly #names: KnownNames;
  readonly #user: TrackerUser;
  readonly #edits: IssueEdits;

  constructor(api: GiteaApi, reads: IssueReads, names: KnownNames, user: TrackerUser, edits: IssueEdits) {
    this.#api = api;
    this.#reads = reads;
    this.#names = names;
    this.#user = user;
    this.#edits = edits;
  }

  async create(draft: IssueDraft): Promise<Issue> {
    const names = await this.#names.forChange(draft);
    const stamp = { author: '', at: new Date(0).toISOString(), version: '' };
    const wanted = newIssue(draft, 1, names, stamp);
    const what = 'create an issue';
    // The server takes white space away from both ends, and a lost answer is found again by the title.
    const title = wanted.title.trim();
    const { body: said } = await this.#api.send(
      {
        method: 'POST',
        path: this.#api.path('issues'),
        json: {
          title,
          body: wanted.body,
          labels: await this.#names.labelIds(wanted.labels.map(({ name }) => name)),
          assignees: wanted.assignees,
          ...(wanted.milestone === undefined
            ? {}
            : { milestone: (await this.#names.milestone(wanted.milestone))?.id ?? 0 }),
          // As it is stored here: the end of the day.
          ...(wanted.dueOn === undefined ? {} : { due_date: `${wanted.dueOn}T23:59:59Z` }),
        },
        repeat: await this.#user.issueGuard(title, wanted.body),
      },
      { what },
    );
    const answer = readAnswer(issueAnswer, said, what);
    this.#user.take('issue', answer.number);
    this.#reads.know([answer.number]);
    const missing = differing(toIssue(answer), wanted, ['labels', 'milestone', 'assignees', 'dueOn']);
    if (missing.length === 0) return toIssue(answer);
    return this.#complete(answer, wanted, missing);
  }

  /**
   * The server leaves out what it does not know (labels and milestones that were deleted since they were looked up)
   * and what the user may not set, without a word, and takes the end of a day for another in its own zone.
   */
  async #complete(answer: IssueAnswer, wanted: Issue, missing: readonly Aspect[]): Promise<Issue> {
    const created = { number: answer.number, stored: ['title', 'body'], notStored: [...missing] };
    try {
      this.#names.forget();
      return await this.#edits.edit(answer.number, {
        ...(missing.includes('labels') ? { labels: wanted.labels.map(({ name }) => name) } : {}),
        ...(missing.includes('assignees') ? { assignees: wanted.assignees } : {}),
        ...(missing.includes('milestone') ? { milestone: wanted.milestone ?? null } : {}),
        ...(missing.includes('dueOn') ? { dueOn: wanted.dueOn ?? null } : {}),
      });
    } catch (error) {
      if (!isMarkitectError(error)) throw error;
      throw withDetails(
        error,
        `issue #${answer.number} was created, without ${missing.join(', ')}: ${error.message}`,
        {
          ...created,
        },
      );
    }
  }

  async comment(number: IssueNumber, text: string): Promise<IssueComment> {
    const body = checkedComment(text);
    const what = `comment on issue #${number}`;
    return this.#reads.about(number, async () => {
      try {
        const { body: said } = await this.#api.send(
          {
            method: 'POST',
            path: this.#api.path('issues', number, 'comments'),
            json: { body },
            repeat: await this.#user.commentGuard(number, body),
          },
          { what, issue: number },
        );
        const answer = readAnswer(commentAnswer, said, what);
        this.#user.take('comment', answer.id);
        return toComment(answer);
      } catch (error) {
        if (
          hasCode(error, 'TRACKER_FORBIDDEN') &&
          (await this.#reads.require(number, true)).is_locked === true
        ) {
          throw new Forbidden('ISSUE_LOCKED', `issue #${number} is locked`, { details: { number } });
        }
        throw error;
      }
    });
  }
}
