import ipaddr from 'ipaddr.js';

/** All global unicast addresses of IPv6 there are (RFC 4291, 2.4): the rest is private, reserved or means IPv4. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address belongs to the public internet: not this machine, a private network, a link, a range reserved for
 * anything else, nor an IPv4 address of those written as IPv6.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast);
}
