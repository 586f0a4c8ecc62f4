import { readFile } from 'node:fs/promises';
import { createSecureContext, rootCertificates } from 'node:tls';
import { Invalid } from '@markitect/domain';
import { type Dispatcher, Pool, ProxyAgent } from 'undici';
import type { HttpTlsOptions, ResolvedHttpOptions } from '../http-options.js';

/**
 * Makes the sockets' pool; it connects when the first request needs it, and never repeats a request by itself.
 * Throws Invalid `CONFIG_INVALID` when a file for TLS cannot be read or is no PEM.
 */
export async function openPool(options: ResolvedHttpOptions): Promise<Dispatcher> {
  const tls = await readTls(options.tls);
  const settings = {
    // One socket more than requests may use: health must not wait behind them.
    connections: options.connections + 1,
    pipelining: 1,
    allowH2: false,
    // Attempts have more exact timers of their own.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: options.keepAliveMs,
    maxResponseSize: options.maxResponseBytes,
  };
  const connect = { ...tls, timeout: options.connectTimeoutMs };
  const { lookup } = options;
  if (options.proxy === undefined) {
    return new Pool(options.baseUrl.origin, {
      ...settings,
      connect: { ...connect, ...(lookup && { lookup }) },
    });
  }
  return new ProxyAgent({
    ...settings,
    uri: options.proxy.href,
    requestTls: connect,
    proxyTls: { timeout: options.connectTimeoutMs, ...(tls.ca && { ca: tls.ca }) },
  });
}

interface Tls {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

async function readTls({ caFile, certFile, keyFile }: HttpTlsOptions): Promise<Tls> {
  const [ca, cert, key] = await Promise.all([
    read('tls.caFile', caFile),
    read('tls.certFile', certFile),
    read('tls.keyFile', keyFile),
  ]);
  const tls: Tls = {
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  checkPem('tls.caFile', ca === undefined || ca.includes('-----BEGIN'));
  try {
    if (Object.keys(tls).length > 0) createSecureContext(tls);
  } catch {
    // The error could quote the files.
    checkPem('tls', false);
  }
  return tls;
}

function checkPem(field: string, isPem: boolean): void {
  if (isPem) return;
  throw new Invalid(
    'CONFIG_INVALID',
    `the HTTP option ${field} names a file that is not what it should be in PEM`,
    {
      details: { field },
    },
  );
}

async function read(field: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new Invalid('CONFIG_INVALID', `the HTTP option ${field}: ${file} cannot be read`, {
      details: { field },
      cause,
    });
  }
}
