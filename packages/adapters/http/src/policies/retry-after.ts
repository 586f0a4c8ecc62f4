/**
 * How long a server asks to wait, in milliseconds from now, by its `Retry-After`: seconds or an HTTP date (RFC 9110,
 * 10.2.3). `undefined` when there is none that can be understood; 0 for a date that is past.
 *
 * @param dateMs the time of day here, in milliseconds since 1970
 */
export function retryAfterMs(header: string | undefined, dateMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;
  // `Date.parse` takes nearly anything for a date: only the three forms of RFC 9110 begin with a day's name.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const at = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - dateMs);
}
