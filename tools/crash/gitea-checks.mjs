// What the server has after the mixed operations, counted there and not through the client.
import { each, everything } from './gitea-server.mjs';

const creates = (kind) => kind === 'create' || kind === 'comment';
const edits = (kind) => kind === 'edit' || kind === 'guardedEdit';

/**
 * How often each mark is on the server: issues by title, comments by body, and edits by the events that tell of a new
 * title, so that one that was carried out twice shows although another came between.
 */
async function countMarks(ask, repository, shared) {
  const counts = new Map();
  const add = (kind, mark) => counts.set(`${kind} ${mark}`, (counts.get(`${kind} ${mark}`) ?? 0) + 1);
  const issues = await everything(ask, `${repository}/issues?state=all&type=issues`);
  for (const { title, number } of issues) if (!shared.includes(number)) add('create', title);
  await each(shared, 4, async (number) => {
    for (const { body } of (await ask('GET', `${repository}/issues/${number}/comments`)) ?? []) {
      add('comment', body);
    }
    for (const { type, new_title: title } of await everything(
      ask,
      `${repository}/issues/${number}/timeline`,
    )) {
      if (type === 'change_title') add('edit', title);
    }
  });
  return { counts, issues };
}

const told = (error) =>
  error === undefined ? 'acknowledged' : `${error.code} ${JSON.stringify(error.details ?? {})}`;

/** How often a write may be on the server, by what its caller was told. */
function allowed({ operation: { kind }, error }) {
  if (error === undefined) return [1];
  const { code, details = {} } = error;
  if (code === 'ISSUE_CHANGED') return [0];
  if (creates(kind) && details.stored?.includes('title')) return [1];
  const isUnknown = code === 'HTTP_OUTCOME_UNKNOWN' || details.outcome === 'unknown';
  // An edit is safe to send again, and its failure says nothing about what became of it.
  return isUnknown || edits(kind) ? [0, 1] : [0];
}

/**
 * Compares the server with what the callers were told.
 *
 * @returns the violations, and how many of the writes with an unknown outcome turned out to be there
 */
export async function checkServer(ask, repository, numbers, results) {
  const { shared, own } = numbers;
  const { counts, issues } = await countMarks(ask, repository, shared);
  const violations = [];
  const found = { unknown: 0, unknownThere: 0, twice: 0, missing: 0, late: 0 };
  for (const result of results) {
    const { kind, mark } = result.operation;
    if (!creates(kind) && !edits(kind)) continue;
    const key = `${edits(kind) ? 'edit' : kind} ${mark}`;
    const count = counts.get(key) ?? 0;
    counts.delete(key);
    const may = allowed(result);
    if (may.length > 1) {
      found.unknown += 1;
      found.unknownThere += Math.min(count, 1);
    }
    if (may.includes(count)) continue;
    // With hardly any time the server may still be at work when it is asked what became of a write: told, not failed.
    if (result.operation.isHurried && result.error?.code === 'DEADLINE_EXCEEDED' && count === 1) {
      found.late += 1;
      continue;
    }
    if (count > 1) found.twice += 1;
    if (count < Math.min(...may)) found.missing += 1;
    violations.push(
      `${kind} ${mark} (${told(result.error)}) is on the server ${count} times, not ${may.join(' or ')}`,
    );
  }
  for (const [key] of counts) {
    if (!/^create start /.test(key)) violations.push(`on the server is what nobody wrote: ${key}`);
  }
  const winners = new Map();
  for (const { operation, error } of results) {
    if (operation.kind !== 'guardedEdit' || error !== undefined) continue;
    const other = winners.get(operation.seen);
    winners.set(operation.seen, operation.mark);
    if (other === undefined) continue;
    violations.push(`two edits of the same version were acknowledged: ${other} and ${operation.mark}`);
  }
  for (const [caller, number] of own.entries()) {
    const issue = issues.find((each_) => each_.number === number);
    const mine = results.filter(({ operation }) => operation.caller === caller);
    violations.push(...checkOwn(issue, mine));
  }
  return { violations, found };
}

/** The issue of one caller ends as its last acknowledged change left it, or as one of an unknown outcome did. */
function checkOwn(issue, results) {
  const violations = [];
  const aspects = {
    state: [(operation) => operation.state, issue.state, 'open'],
    labels: [({ label }) => label, issue.labels.map(({ name }) => name).join(), ''],
  };
  for (const [kind, [target, actual, start]] of Object.entries(aspects)) {
    const mine = results.filter(({ operation }) => operation.kind === kind);
    const last = mine.findLast(({ error }) => error === undefined);
    const may = new Set(
      mine.filter(({ error }) => error !== undefined).map((each_) => target(each_.operation)),
    );
    may.add(last === undefined ? start : target(last.operation));
    if (!may.has(actual)) {
      violations.push(`the ${kind} of #${issue.number} is "${actual}", not ${[...may].join(' or ')}`);
    }
  }
  return violations;
}
