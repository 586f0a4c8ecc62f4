import type { MarkitectError } from '@markitect/domain';
import robotsParser from 'robots-parser';

/** How much of a robots.txt is read, in bytes (RFC 9309, 2.5: at least so much). */
const MAX_ROBOTS_BYTES = 512_000;

/** What a site allows. */
export interface RobotsRules {
  isAllowed(url: URL): boolean;
  /** How long to wait between two requests, in milliseconds. */
  readonly crawlDelayMs: number;
  /** Why robots.txt could not be had: then nothing is allowed. */
  readonly failure?: MarkitectError;
}

/** There is no robots.txt: everything is allowed. */
export const noRules: RobotsRules = { isAllowed: () => true, crawlDelayMs: 0 };

/** Nobody can say what is allowed, so nothing is. */
export function unknownRules(failure: MarkitectError): RobotsRules {
  return { isAllowed: () => false, crawlDelayMs: 0, failure };
}

/** The rules of a robots.txt for us. */
export function robotsRules(origin: string, text: Uint8Array, userAgent: string): RobotsRules {
  const body = new TextDecoder().decode(text.subarray(0, MAX_ROBOTS_BYTES));
  const name = /^[\w-]*/.exec(userAgent)?.[0] ?? '';
  const robots = parse(`${origin}/robots.txt`, body);
  const delay = robots.getCrawlDelay(name) ?? 0;
  return {
    // What its rules cannot be applied to is not allowed.
    isAllowed: (url) => robots.isAllowed(url.href, name) ?? false,
    crawlDelayMs: delay > 0 ? delay * 1000 : 0,
  };
}

/** The package's types say that the function is the property `default` of what it exports; it is all of it. */
const parse = 'default' in robotsParser ? robotsParser.default : robotsParser;
