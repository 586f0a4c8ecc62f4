import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fixedPages, html, type TestPage } from './test-site-pages.js';

/** What the test site has been asked. */
export interface TestSiteRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** A web site on the loopback with whatever a scraper may meet. */
export interface TestSite {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly port: number;
  /** In the order they came in. */
  readonly requests: readonly TestSiteRequest[];
  /** Puts a page in place of the one at a path, or adds it; `/robots.txt` too. */
  set(path: string, page: TestPage): void;
  /** Breaks all connections. May be called again. */
  stop(): Promise<void>;
}

export interface TestSiteOptions {
  /** An address of the loopback. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** The name that its sitemaps call it by, with the port added. Default: the host. */
  readonly name?: string;
  /** How long `/slow` takes for its answer, in milliseconds. Default 50. */
  readonly slowMs?: number;
}

const MIB = 1024 * 1024;
const robots: TestPage = {
  headers: { 'content-type': 'text/plain' },
  body: 'User-agent: *\nDisallow: /private/\n\nUser-agent: unwanted\nDisallow: /\n',
};

/**
 * Starts the site. Of `everything.xml` the pages named in `everythingAnswers` answer `everythingQuestion`. `/flaky` fails
 * twice, `/busy` once with `Retry-After: 1`, each for the whole life of the site; `/broken` and `/limited` always;
 * `/stalled` never ends; `/redirect/to?<address>` goes anywhere.
 */
export async function startTestSite(options: TestSiteOptions = {}): Promise<TestSite> {
  const { host = '127.0.0.1', slowMs = 50 } = options;
  const requests: TestSiteRequest[] = [];
  const counts = new Map<string, number>();
  const pages = new Map<string, TestPage>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    requests.push({ path: request.url ?? '/', headers: request.headers, at: Date.now() });
    const count = (counts.get(url.pathname) ?? 0) + 1;
    counts.set(url.pathname, count);
    const set = pages.get(url.pathname);
    if (set !== undefined) send(response, set);
    else misbehave(url, count, slowMs, request, response);
  });
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://${options.name ?? host}:${port}`;
  pages.set('/robots.txt', robots);
  for (const [path, page] of Object.entries(fixedPages(origin))) pages.set(path, page);
  return {
    origin,
    port,
    requests,
    set: (path, page) => void pages.set(path, page),
    stop: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Pages that are not the same each time, or are broken. */
function misbehave(
  { pathname, search }: URL,
  count: number,
  slowMs: number,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const article = { body: html(pathname, `The borrow checker of ${pathname}.`) };
  const failed = (status: number, headers = {}): TestPage => ({ status, headers, body: 'failed' });
  const [, hops] = /^\/redirect\/chain\/(\d+)$/.exec(pathname) ?? [];
  if (hops !== undefined) {
    redirect(response, Number(hops) > 1 ? `${Number(hops) - 1}` : '../../pages/borrowing.html');
    return;
  }
  switch (pathname) {
    case '/slow':
      setTimeout(() => send(response, article), slowMs).unref();
      return;
    case '/stalled':
      response.writeHead(200, { 'content-type': 'text/html' }).write('<html>');
      return;
    case '/flaky':
      send(response, count > 2 ? article : failed(500));
      return;
    case '/broken':
      send(response, failed(500));
      return;
    case '/busy':
      send(response, count > 1 ? article : failed(503, { 'retry-after': '1' }));
      return;
    case '/limited':
      send(response, failed(429, { 'retry-after': '7' }));
      return;
    case '/huge':
      sendForEver(request, response);
      return;
    case '/huge-declared':
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 1024 * MIB }).write('<html>');
      return;
    case '/cut':
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': 1000 }).write('<html>');
      setImmediate(() => response.destroy());
      return;
    case '/redirect/loop':
      redirect(response, '/redirect/loop?again');
      return;
    case '/redirect/private':
      redirect(response, 'http://127.0.0.1:1/secret');
      return;
    case '/redirect/to':
      redirect(response, decodeURIComponent(search.slice(1)));
      return;
    default:
      send(response, failed(404));
  }
}

function send(response: ServerResponse, { status = 200, headers, body }: TestPage): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location: location.replace(/[^\x20-\x7e]/g, encodeURIComponent) }).end();
}

/** More bytes than anybody takes, as fast as they are taken. */
function sendForEver(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  const piece = Buffer.alloc(64 * 1024, 'borrow checker ');
  const more = (): void => {
    while (!request.destroyed && !response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}
