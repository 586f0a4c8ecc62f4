import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { itWhere } from '@markitect/testing';
import { HttpConnection, type HttpTlsOptions } from '../src/index.js';
import { type Certificates, hasOpenssl, makeCertificates } from './certificates.js';
import { MisbehavingServer } from './misbehaving-server.js';
import { failureOf } from './open-connection.js';

// Fails where nothing may be skipped.
itWhere(hasOpenssl(), 'there is no openssl');
const describeWithOpenssl = hasOpenssl() ? describe : describe.skip;
const get = { method: 'GET', path: 'x' } as const;

describeWithOpenssl('over TLS (needs openssl)', () => {
  let files: Certificates;
  let server: MisbehavingServer;
  let https: Server;
  let http: HttpConnection;
  beforeAll(() => {
    files = makeCertificates();
  });
  afterAll(() => files.remove());
  afterEach(async () => {
    await server.stop();
    await http.close();
  });

  async function connect(tls: HttpTlsOptions, requestCert = false): Promise<HttpConnection> {
    const { server: own, ca } = files;
    https = createServer({
      key: files.read(own.key),
      cert: files.read(own.cert),
      ca: files.read(ca),
      requestCert,
      rejectUnauthorized: requestCert,
    });
    server = new MisbehavingServer(https);
    await server.start();
    http = new HttpConnection({
      name: 'git',
      baseUrl: `https://127.0.0.1:${server.port}`,
      tls,
      retry: { baseDelayMs: 1 },
    });
    await http.open();
    return http;
  }

  it('a server of an own authority is trusted when the authority is configured', async () => {
    const connection = await connect({ caFile: files.ca });
    await expect(connection.request(get)).resolves.toMatchObject({ status: 200 });
  });

  it('a server of an unknown authority is not, and is not asked again', async () => {
    const connection = await connect({});
    const error = await failureOf(connection.request({ method: 'POST', path: 'x' }));
    expect(error).toMatchObject({ code: 'HTTP_UNREACHABLE', retryable: false, details: { attempts: 1 } });
    expect(server.seen).toHaveLength(0);
  });

  it('a certificate has to be for the name, wherever the lookup of the name leads', async () => {
    await connect({ caFile: files.ca });
    const baseUrl = `https://git.test:${server.port}`;
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    const named = new HttpConnection({ name: 'git', baseUrl, tls: { caFile: files.ca }, lookup });
    await named.open();
    const failure = { code: 'HTTP_UNREACHABLE', details: { vendorCode: 'ERR_TLS_CERT_ALTNAME_INVALID' } };
    await expect(named.request(get)).rejects.toMatchObject(failure);
    await named.close();
    expect(server.seen).toHaveLength(0);
  });

  it('a client shows its certificate', async () => {
    const { client, ca } = files;
    const connection = await connect({ caFile: ca, certFile: client.cert, keyFile: client.key }, true);
    let shown = '';
    https.on('secureConnection', (socket) => (shown = String(socket.getPeerCertificate().subject.CN)));
    await connection.request(get);
    expect(shown).toBe('client');
  });

  it('a client without one is refused by a server that wants it', async () => {
    const connection = await connect({ caFile: files.ca }, true);
    await expect(failureOf(connection.request(get))).resolves.toMatchObject({ code: 'HTTP_UNREACHABLE' });
    expect(server.seen).toHaveLength(0);
  });

  it('a file that is missing or no PEM is a mistake in the configuration', async () => {
    await connect({ caFile: files.ca });
    const noPem = join(files.folder, 'no.pem');
    writeFileSync(noPem, 'nothing');
    const wrong: HttpTlsOptions[] = [
      { caFile: join(files.folder, 'missing.pem') },
      { caFile: noPem },
      { certFile: noPem, keyFile: noPem },
    ];
    for (const tls of wrong) {
      const connection = new HttpConnection({ name: 'git', baseUrl: 'https://127.0.0.1', tls });
      await expect(failureOf(connection.open())).resolves.toMatchObject({ code: 'CONFIG_INVALID' });
    }
  });
});
