/**
 * What can go wrong between a client and a server. Forwarded (the server has done what was asked): `reset-after`,
 * `truncated-json`, `cut-json`, `slow-headers`, `slow-body`. All others are answered, or not, by the proxy alone.
 *
 * - `reset-before` the connection breaks before the server sees the request; `reset-after` when it has answered
 * - `status-500`, `status-503`, `status-429` (without Retry-After), `status-429-retry-after` (one second)
 * - `status-502-burst` this request and the next ones, whatever they are, as many as `burst` says
 * - `truncated-json` the right Content-Length, half of the body, then the connection breaks
 * - `cut-json` a whole answer, by its Content-Length, whose JSON ends in the middle
 * - `slow-headers` the answer begins `slowMs` late; `slow-body` it takes `slowMs`, in drops
 * - `black-hole` nothing ever comes back
 * - `wrong-content-type` status 200 and a page of HTML
 * - `huge-body` status 200 and `hugeBytes` of valid JSON
 */
export const faultKinds = [
  'reset-before',
  'reset-after',
  'status-500',
  'status-502-burst',
  'status-429',
  'status-429-retry-after',
  'status-503',
  'truncated-json',
  'cut-json',
  'slow-headers',
  'slow-body',
  'black-hole',
  'wrong-content-type',
  'huge-body',
] as const;

/** See faultKinds. */
export type FaultKind = (typeof faultKinds)[number];

/** Whether the real server gets to see a request that meets this fault. */
export function isForwarded(fault: FaultKind | undefined): boolean {
  return (
    fault === undefined ||
    ['reset-after', 'truncated-json', 'cut-json', 'slow-headers', 'slow-body'].includes(fault)
  );
}
