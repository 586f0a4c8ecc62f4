import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address, in any of its forms, is of this machine only. Mapped ones (`::ffff:127.0.0.1`) count. */
function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether listening at `host` is reachable from this machine only: a loopback address, or a name all of whose
 * addresses are. `0.0.0.0` and `::` are every address of the machine.
 */
export async function listensOnLoopbackOnly(host: string): Promise<boolean> {
  if (host === '') return false;
  if (isIP(host) !== 0) return isLoopbackAddress(host);
  const addresses = await lookup(host, { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ address }) => isLoopbackAddress(address));
}

/**
 * Whether a `Host` header names this machine in a way that no foreign name server can: `localhost`, a name below
 * it, or a loopback address. A web page that rebinds its own name to 127.0.0.1 still sends its own name.
 */
export function isLoopbackHostHeader(header: string): boolean {
  const name = header.replace(/:\d*$/, '').toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isLoopbackAddress(name.replace(/^\[(.*)\]$/, '$1'));
}
