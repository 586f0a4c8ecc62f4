/** Elements in elements: pages of people have some dozens. */
const MAX_DEPTH = 500;
/** Elements that end by themselves, or when the next one begins: being open means nothing. */
const unnested =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|td|th|tr|thead|tbody|tfoot|option|optgroup)$/;

/**
 * What of a page stands before too many elements are open at once. The time that parsers take grows with the square of
 * that number: a page of a megabyte can take half a minute, in which nothing else is done. Costs one look at each tag.
 */
export function limitDepth(html: string): string {
  let depth = 0;
  for (const tag of html.matchAll(/<(\/?)([a-z][a-z\d-]{0,30})/gi)) {
    const [, slash, name = ''] = tag;
    if (unnested.test(name.toLowerCase())) continue;
    depth = slash === '/' ? Math.max(0, depth - 1) : depth + 1;
    if (depth > MAX_DEPTH) return html.slice(0, tag.index);
  }
  return html;
}
