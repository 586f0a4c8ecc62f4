import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failureOf, openBench } from './open-connection.js';

const bench = openBench();
const get = { method: 'GET', path: 'x' } as const;
const variables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

describe('a proxy', () => {
  let proxy: Server;
  let url: string;
  let tunnels: { readonly to: string; readonly authorization: string | undefined }[];
  let before: NodeJS.ProcessEnv;

  beforeEach(async () => {
    before = { ...process.env };
    tunnels = [];
    proxy = createServer((_request, response) => void response.writeHead(500).end());
    proxy.on('connect', (request, client) => {
      const to = request.url ?? '';
      tunnels.push({ to, authorization: request.headers['proxy-authorization'] });
      const [host, port] = to.split(':');
      const onward = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(client).pipe(onward);
      });
      for (const socket of [client, onward]) socket.on('error', () => undefined);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    url = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    process.env = before;
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('is used when it is configured, with its user and password', async () => {
    const { server, open } = bench();
    const http = await open({ proxy: `http://me:pass@${url}` });
    await expect(http.request(get)).resolves.toMatchObject({ status: 200 });
    expect(tunnels).toEqual([
      { to: `127.0.0.1:${server.port}`, authorization: `Basic ${Buffer.from('me:pass').toString('base64')}` },
    ]);
    await http.close();
  });

  it('is not taken from the environment', async () => {
    for (const name of variables) process.env[name] = `http://${url}`;
    process.env['NODE_USE_ENV_PROXY'] = '1';
    const http = await bench().open();
    await expect(http.request(get)).resolves.toMatchObject({ status: 200 });
    expect(tunnels).toEqual([]);
  });

  it('that refuses is an unreachable server', async () => {
    proxy.removeAllListeners('connect');
    proxy.on('connect', (_request, client) => void client.end('HTTP/1.1 407 No\r\n\r\n'));
    const http = await bench().open({ proxy: `http://${url}`, retry: { attempts: 2 } });
    const error = await failureOf(http.request({ method: 'POST', path: 'x' }));
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', details: { attempts: 2 } });
  });
});
