// The mixed operations of the Gitea harness: drawn once from a seed, done by either client.
import { seeded } from './random.mjs';

export const LABELS = ['bug', 'docs', 'status/todo', 'status/doing', 'priority/high'];
/** Issues that all callers edit, read and comment on. */
export const SHARED = 60;

/** How often each kind is drawn, of a hundred. */
const MIX = {
  get: 22,
  list: 12,
  getMany: 7,
  comments: 9,
  timeline: 6,
  create: 12,
  edit: 7,
  guardedEdit: 7,
  comment: 10,
  state: 4,
  labels: 4,
};
/** Of a hundred operations so many are given a short deadline, which both clients may miss: not compared. */
const HURRIED = 3;

const LISTS = [
  {},
  { state: 'open' },
  { state: 'closed' },
  { labels: { all: ['bug'] } },
  { state: 'open', labels: { all: ['docs'] } },
];

/**
 * The operations, each with the caller that does it, in the order in which a caller does its own. What an operation
 * says is its `mark` and nobody else's. An issue of the callers' own (`own`) is changed by one caller only.
 */
export function drawOperations({ operations, seed, callers, deadlineMs }) {
  const random = seeded(seed);
  const integer = (below) => Math.floor(random() * below);
  const wheel = Object.entries(MIX).flatMap(([kind, share]) => Array.from({ length: share }, () => kind));
  return Array.from({ length: operations }, (_, index) => {
    const isHurried = random() * 100 < HURRIED;
    return {
      index,
      kind: wheel[integer(wheel.length)],
      caller: index % callers,
      mark: `mark-${seed}-${index}`,
      shared: integer(SHARED),
      several: Array.from({ length: 5 }, () => integer(SHARED)),
      query: LISTS[integer(LISTS.length)],
      label: LABELS[integer(LABELS.length)],
      hasLabel: random() < 0.5,
      state: random() < 0.5 ? 'open' : 'closed',
      isHurried,
      deadlineMs: isHurried ? 30 + integer(600) : deadlineMs,
    };
  });
}

/** What is there before the first operation: the numbers of the shared issues and of each caller's own. */
export async function prepare(ask, repository, callers) {
  for (const name of LABELS) {
    await ask('POST', `${repository}/labels`, { name, color: '#1f6feb', exclusive: false });
  }
  const numbers = [];
  for (let index = 0; index < SHARED + callers; index += 1) {
    const { number } = await ask('POST', `${repository}/issues`, { title: `start ${index}`, body: 'start' });
    numbers.push(number);
  }
  return { shared: numbers.slice(0, SHARED), own: numbers.slice(SHARED) };
}

/** Throws what is wrong with an answer. An answer may be refused; it may not be another one. */
function demand(holds, what) {
  if (!holds) throw new WrongAnswer(what);
}

export class WrongAnswer extends Error {}

/**
 * Does one operation through the adapter. Answers the numbers that were written to. `said`: the comments that were
 * acknowledged, by issue: whoever reads comments must see those from before.
 */
export async function perform(issues, operation, { shared, own }, said) {
  const { kind, mark, query, several, label, caller } = operation;
  const number = shared[operation.shared];
  switch (kind) {
    case 'get':
      demand((await issues.get(number))?.number === number, `get ${number} answered another issue`);
      return;
    case 'list': {
      const { items } = await issues.list(query, { limit: 20 });
      const fits = items.every(
        ({ state, labels }) =>
          (query.state === undefined || state === query.state) &&
          (query.labels?.all ?? []).every((name) => labels.some((each) => each.name === name)),
      );
      demand(
        fits &&
          items.length <= 20 &&
          items.every((issue, at) => at === 0 || issue.number < items[at - 1].number),
        'a list is not what was asked for',
      );
      return;
    }
    case 'getMany': {
      const wanted = several.map((each) => shared[each]);
      const answers = await issues.getMany(wanted);
      demand(
        answers.length === wanted.length && answers.every((issue, at) => issue?.number === wanted[at]),
        'getMany answered other issues',
      );
      return;
    }
    case 'comments': {
      const before = [...(said.get(number) ?? [])];
      const bodies = new Set((await issues.comments(number)).map(({ body }) => body));
      demand(
        before.every((body) => bodies.has(body)),
        `an acknowledged comment on ${number} is not seen`,
      );
      return;
    }
    case 'timeline':
      demand((await issues.timeline(number)).items.length <= 50, 'a page of a timeline is too long');
      return;
    case 'create': {
      const draft = {
        title: mark,
        body: `body of ${mark}`,
        ...(operation.hasLabel ? { labels: [label] } : {}),
      };
      const created = await issues.create(draft);
      demand(created.title === mark && created.body === draft.body, 'create answered another issue');
      return;
    }
    case 'edit':
      demand((await issues.edit(number, { title: mark })).number === number, 'edit answered another issue');
      return;
    case 'guardedEdit': {
      const { version } = await issues.get(number);
      operation.seen = `#${number} ${version}`;
      const edit = { title: mark, ...(operation.hasLabel ? { body: `body of ${mark}` } : {}) };
      const edited = await issues.edit(number, edit, version);
      demand(edited.number === number, 'edit answered another issue');
      return;
    }
    case 'comment': {
      const { body } = await issues.comment(number, mark);
      demand(body === mark, 'comment answered another comment');
      said.set(number, [...(said.get(number) ?? []), mark]);
      return;
    }
    case 'state':
      await issues.edit(own[caller], { state: operation.state });
      return;
    case 'labels':
      await issues.edit(own[caller], { labels: [label] });
      return;
    default:
      throw new Error(`no such operation: ${kind}`);
  }
}
