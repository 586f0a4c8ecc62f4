import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Forbidden } from '@markitect/domain';
import ipaddr from 'ipaddr.js';
import { isPublicAddress } from './is-public-address.js';

/** All addresses of a host name. Throws what the system throws. */
export type ResolveHost = (hostname: string) => Promise<readonly LookupAddress[]>;

/** What is said of a name with an address that is refused: the connection's error has it as `details.vendorCode`. */
export const REFUSED = 'WEB_ADDRESS_REFUSED';

/**
 * Where may be connected to. Names are looked up when a socket is opened, and the socket goes to the very addresses that
 * were checked: a name that means something else a moment later (DNS rebinding) has no moment to do it in.
 */
export class AddressPolicy {
  readonly #allowPrivate: boolean;
  readonly #resolve: ResolveHost;

  constructor(allowPrivate: boolean, resolve: ResolveHost = (name) => systemLookup(name, { all: true })) {
    this.#allowPrivate = allowPrivate;
    this.#resolve = resolve;
  }

  /**
   * Checks what can be seen in the address itself. An URL has numbers in other writings (`0x7f.1`, `2130706433`) put
   * right already. Throws Forbidden `WEB_ADDRESS_REFUSED`.
   */
  check(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw refused(url, 'is not one of http or https');
    // It could only mislead who reads the address, or give a password away.
    if (url.username !== '' || url.password !== '') throw refused(url, 'has a user or password');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!this.#allowPrivate && ipaddr.isValid(host) && !isPublicAddress(host)) {
      throw refused(url, 'is in a private network or on this machine');
    }
  }

  /** For sockets. Fails with the code {@link REFUSED} when one of the addresses of a name is not public. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        const isRefused = !this.#allowPrivate && !addresses.every(({ address }) => isPublicAddress(address));
        if (isRefused) callback(failure(REFUSED, hostname), '', 0);
        else if (first === undefined) callback(failure('ENOTFOUND', hostname), '', 0);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : failure('EAI_AGAIN', hostname), '', 0),
    );
  };
}

/** The error for an address that may not be asked. */
export function refused(url: URL, reason: string): Forbidden {
  return new Forbidden('WEB_ADDRESS_REFUSED', `${shown(url)} ${reason}`, {
    details: { address: shown(url) },
  });
}

/** An address as it may be told: without user and password. */
export function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  return copy.href.slice(0, 500);
}

function failure(code: string, hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname}: ${code}`), { code });
}
