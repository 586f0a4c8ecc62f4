import {
  defaultBoard,
  type Issue,
  parseBoardRules,
  Unavailable,
  type WrittenBoardRules,
} from '@markitect/domain';
import { issueRepositoryPort, staleReads } from '@markitect/ports';
import {
  InMemoryDocumentRepository,
  InMemoryIssueMirror,
  InMemoryIssueRepository,
  InMemoryWorkspaceRepository,
  issueLabel,
  issueMilestone,
} from '@markitect/testing';
import { type IssuePorts, IssueService } from '../src/index.js';

/** A service on fakes, with a tracker that can be taken down. */
export function issueFixture(overrides: Partial<IssuePorts> = {}, board: Partial<WrittenBoardRules> = {}) {
  const clock = { now: new Date('2026-03-01T12:00:00.000Z') };
  const tracker = new InMemoryIssueRepository({ user: 'ada', now: () => clock.now });
  const mirror = new InMemoryIssueMirror();
  const mirrored = { ageMs: undefined as number | undefined };
  const ports = {
    issues: staleReads(issueRepositoryPort, tracker, {
      source: mirror.issues,
      ageMs: () => Promise.resolve(mirrored.ageMs),
    }),
    documents: new InMemoryDocumentRepository(),
    workspaces: new InMemoryWorkspaceRepository(),
    ...overrides,
  };
  const service = new IssueService(ports, {
    rules: parseBoardRules({ ...defaultBoard, ...board }),
    staleMaxAgeMs: 60_000,
    now: () => clock.now,
  });
  return {
    service,
    ports,
    tracker,
    mirror,
    mirrored,
    clock,
    /** Adds an issue whose labels and milestone are made as they are named. */
    add: async (draft: Partial<Issue> & { readonly label?: string } = {}): Promise<Issue> => {
      const { title = 'An issue', label, milestone, body, assignees, dueOn, state } = draft;
      if (label !== undefined) await tracker.saveLabel(issueLabel(label));
      if (milestone !== undefined) await tracker.saveMilestone(issueMilestone(milestone));
      const made = await tracker.create({
        title,
        ...(body === undefined ? {} : { body }),
        ...(label === undefined ? {} : { labels: [label] }),
        ...(milestone === undefined ? {} : { milestone }),
        ...(assignees === undefined ? {} : { assignees }),
        ...(dueOn === undefined ? {} : { dueOn }),
      });
      clock.now = new Date(clock.now.getTime() + 1000);
      return state === 'closed' ? tracker.edit(made.number, { state }) : made;
    },
  };
}

/** What a tracker that is down answers. */
export const down = new Unavailable('HTTP_UNREACHABLE', 'nobody answers');
