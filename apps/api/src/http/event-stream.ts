/** One message of a stream of server-sent events. */
export interface ServerEvent {
  /** What a client that connects again names as the last it has received. */
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** How long a client waits before it connects again, in milliseconds. */
const RETRY_MS = 2000;

/** The head of a stream of events. */
export const eventStreamHead = `retry: ${RETRY_MS}\n\n`;

/** What keeps proxies from taking a silent connection for a dead one. Clients ignore it. */
export const heartbeat = ': still here\n\n';

/** An event in the form of the HTML standard, §9.2. JSON has no line ends, so that its data is one line. */
export function formatEvent({ id, event, data }: ServerEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
