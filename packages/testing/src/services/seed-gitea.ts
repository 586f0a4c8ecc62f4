import { seededRandom } from '../seeded-random.js';
import type { GiteaService } from './gitea.js';
import { giteaRequest } from './gitea-request.js';

/** How much to make. */
export interface SeedOptions {
  readonly issues: number;
  /** The same seed makes the same contents; the numbers of the issues depend on the order of the server. */
  readonly seed: number;
  /** Requests at once; 8 when left out. */
  readonly concurrency?: number;
}

/** What was made. */
export interface SeededIssues {
  readonly labels: readonly string[];
  readonly milestones: readonly string[];
  readonly assignees: readonly string[];
  readonly issues: number;
  readonly closed: number;
  readonly comments: number;
  readonly dependencies: number;
}

const PLAIN = ['bug', 'docs', 'question'];
const STATUS = ['status/todo', 'status/doing', 'status/review'];
const PRIORITY = ['priority/high', 'priority/medium', 'priority/low'];
const MILESTONES = ['v1', 'v2', 'later'];
const PEOPLE = ['ann', 'ben'];
const WORDS = ['cache', 'parser', 'index', 'schema', 'lock', 'queue', 'board', 'search', 'sync', 'export'];

/**
 * Fills the launcher's repository, once, through the API: labels (plain, and exclusive ones for status and priority),
 * milestones, two more people, and issues with all of these, a third of them with a comment, a fifth closed, a
 * twentieth depending on another. The server is the limit: see the README of this package for what it takes.
 *
 * @throws Error when the server refuses anything, and when the repository has such people already.
 */
export async function seedIssues(gitea: GiteaService, options: SeedOptions): Promise<SeededIssues> {
  const random = seededRandom(options.seed);
  const ask = giteaRequest(gitea);
  const repository = `/repos/${gitea.owner}/${gitea.repository}`;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const chance = (share: number) => random() < share;

  for (const name of PEOPLE) {
    await gitea.createUser(name);
    await ask('PUT', `${repository}/collaborators/${name}`, { permission: 'write' });
  }
  const labels = new Map<string, number>();
  for (const name of [...PLAIN, ...STATUS, ...PRIORITY]) {
    const label = { name, color: '#1f6feb', exclusive: name.includes('/') };
    labels.set(name, idOf(await ask('POST', `${repository}/labels`, label)));
  }
  const milestones: number[] = [];
  for (const [index, title] of MILESTONES.entries()) {
    const due = title === 'later' ? {} : { due_on: `2030-0${index + 1}-01T00:00:00Z` };
    milestones.push(idOf(await ask('POST', `${repository}/milestones`, { title, ...due })));
  }

  // Everything is drawn first: what is made does not depend on which answer comes first.
  const drafts = Array.from({ length: options.issues }, (_, index) => {
    const names = [
      ...(chance(0.5) ? [pick(PLAIN)] : []),
      ...(chance(0.6) ? [pick(STATUS)] : []),
      ...(chance(0.6) ? [pick(PRIORITY)] : []),
    ];
    return {
      issue: {
        title: `Issue ${index + 1}: ${pick(WORDS)} and ${pick(WORDS)}`,
        body: `The ${pick(WORDS)} needs the ${pick(WORDS)}.\n\nDraft ${index + 1}.`,
        labels: names.map((name) => labels.get(name)),
        ...(chance(0.5) ? { milestone: pick(milestones) } : {}),
        ...(chance(0.4) ? { assignees: [pick(PEOPLE)] } : {}),
        ...(chance(0.2)
          ? { due_date: `2030-02-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}T00:00:00Z` }
          : {}),
        closed: chance(0.2),
      },
      comment: chance(1 / 3) ? `About the ${pick(WORDS)}.` : undefined,
      // On an earlier draft, so that there is no circle.
      dependsOn: index > 0 && chance(0.05) ? Math.floor(random() * index) : undefined,
    };
  });
  const numbers: number[] = [];
  const workers = options.concurrency ?? 8;
  await inParallel(drafts, workers, async ({ issue, comment }, index) => {
    const made = (await ask('POST', `${repository}/issues`, issue)) as { number: number };
    numbers[index] = made.number;
    if (comment !== undefined)
      await ask('POST', `${repository}/issues/${made.number}/comments`, { body: comment });
  });
  const dependent = drafts.flatMap(({ dependsOn }, index) =>
    dependsOn === undefined ? [] : [{ index, dependsOn }],
  );
  await inParallel(dependent, workers, async ({ index, dependsOn }) => {
    await ask('POST', `${repository}/issues/${numbers[index]}/dependencies`, {
      owner: gitea.owner,
      repo: gitea.repository,
      index: numbers[dependsOn],
    });
  });
  return {
    labels: [...labels.keys()],
    milestones: MILESTONES,
    assignees: PEOPLE,
    issues: drafts.length,
    closed: drafts.filter(({ issue }) => issue.closed).length,
    comments: drafts.filter(({ comment }) => comment !== undefined).length,
    dependencies: dependent.length,
  };
}

function idOf(answer: unknown): number {
  return (answer as { id: number }).id;
}

async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
