// A real Gitea for a harness, and direct questions to it: what a client did is counted past that client.
import { giteaProgram, startGitea } from '@markitect/testing/services';

/** The server, or `undefined` after saying why not; that is a failure where services are required. */
export async function startServer(name) {
  if (giteaProgram() !== undefined) return startGitea();
  const reason = 'there is no Gitea: `node tools/gitea.mjs` builds one';
  if (process.env.MARKITECT_REQUIRE_SERVICES === '1') {
    console.error(`✗ ${name}: ${reason}, and MARKITECT_REQUIRE_SERVICES is 1`);
    process.exitCode = 1;
  } else console.log(`${name}: skipped, ${reason}`);
  return undefined;
}

/** Asks the API as the administrator; the answer's JSON. A path below `/api/v1`. */
export function asker({ url, admin }) {
  const authorization = `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString('base64')}`;
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}

/** Every item of a paged list; `total` says when it is the last page. */
export async function everything(ask, path) {
  const all = [];
  for (let page = 1; ; page += 1) {
    const items = (await ask('GET', `${path}${path.includes('?') ? '&' : '?'}limit=50&page=${page}`)) ?? [];
    all.push(...items);
    if (items.length < 50) return all;
  }
}

/** Does something with every item, so many at a time. */
export async function each(items, callers, work) {
  const queue = items.entries();
  const caller = async () => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}
