// The bare client: what a program does that asks Gitea without more thought. axios with keep-alive and a timeout.
import { Agent } from 'node:http';
import axios from 'axios';

/** A client of one repository; answers what the server said, throws when that is not what was asked for. */
export function bareClient({ url, token, repository, callers, timeoutMs }) {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const http = axios.create({
    baseURL: `${url}/api/v1/${repository}/`,
    httpAgent: agent,
    timeout: timeoutMs,
    headers: { authorization: `token ${token}` },
    responseType: 'json',
    transitional: { silentJSONParsing: false },
  });
  const ask = async (method, path, data, looksRight = isIssue) => {
    const { data: body } = await http.request({ method, url: path, data });
    if (!looksRight(body)) throw new Error('the answer is something else');
    return body;
  };
  return { ask, close: () => agent.destroy() };
}

const isIssue = (body) => typeof body?.number === 'number';
const isComment = (body) => typeof body?.id === 'number';
const isList = (body) => Array.isArray(body) && body.every((each) => typeof each?.id === 'number');

/** The same operations as through the adapter, each with the fewest requests that do it. */
export async function performBare({ ask }, operation, { shared, own }, labelIds) {
  const { kind, mark, query, several, label, caller } = operation;
  const number = shared[operation.shared];
  const at = `issues/${number}`;
  const labels = encodeURIComponent((query.labels?.all ?? []).join(','));
  switch (kind) {
    case 'get':
      return ask('GET', at);
    case 'list':
      return ask(
        'GET',
        `issues?type=issues&state=${query.state ?? 'all'}&labels=${labels}&limit=20`,
        undefined,
        isList,
      );
    case 'getMany':
      return Promise.all(several.map((each) => ask('GET', `issues/${shared[each]}`)));
    case 'comments':
      return ask('GET', `${at}/comments`, undefined, isList);
    case 'timeline':
      return ask('GET', `${at}/timeline?limit=50`, undefined, isList);
    case 'create': {
      const labelled = operation.hasLabel ? { labels: [labelIds.get(label)] } : {};
      return ask('POST', 'issues', { title: mark, body: `body of ${mark}`, ...labelled });
    }
    case 'edit':
      return ask('PATCH', at, { title: mark });
    case 'guardedEdit': {
      const { body, content_version: version } = await ask('GET', at);
      const edited = operation.hasLabel ? `body of ${mark}` : body;
      return ask('PATCH', at, { title: mark, body: edited, content_version: version });
    }
    case 'comment':
      return ask('POST', `${at}/comments`, { body: mark }, isComment);
    case 'state':
      return ask('PATCH', `issues/${own[caller]}`, { state: operation.state });
    case 'labels':
      return ask('PUT', `issues/${own[caller]}/labels`, { labels: [labelIds.get(label)] }, isList);
    default:
      throw new Error(`no such operation: ${kind}`);
  }
}

/** Whether a failure of the bare client is one that another try may mend: all but the server's refusals. */
export function isTransient({ response }) {
  return response === undefined || response.status >= 500 || response.status === 429 || response.status < 300;
}
