/** What a piece of raw HTML says. */
export interface HtmlFragment {
  /** The words outside tags. */
  readonly text: string;
  /** The `id` of any element and the `name` of `<a>`, in reading order. */
  readonly anchors: readonly string[];
}

const comment = /<!--(?:>|->|[^]*?(?:-->|$))/y;
const declaration = /<(?:![A-Za-z[]|\?)[^>]*>?/y;
const unreadable = /<(script|style)(?=[\s/>])[^]*?(?:<\/\1\s*>|$)/iy;
const tagName = /<\/?([A-Za-z][^\s/>]*)/y;
const attribute = /[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?/y;
const tagEnd = /[^>]*>?/y;

/**
 * Reads raw HTML without building a document. Dropped are comments, declarations, tags, and `script` and `style`
 * with what they contain; everything else is text, with every run of blanks as one space. Character references
 * stay as written. JSX is read in the same way. Cost: one pass.
 */
export function readHtml(html: string): HtmlFragment {
  const text: string[] = [];
  const anchors: string[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(html);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < html.length) {
    const open = html.indexOf('<', at);
    text.push(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    at = open;
    if (take(comment) ?? take(declaration)) continue;
    if (take(unreadable)) {
      text.push(' ');
      continue;
    }
    const tag = take(tagName);
    if (tag === null) {
      text.push('<');
      at += 1;
      continue;
    }
    const isLink = tag[1]?.toLowerCase() === 'a';
    for (let field = take(attribute); field !== null; field = take(attribute)) {
      const name = field[1]?.toLowerCase();
      const value = field[2] ?? field[3] ?? field[4] ?? '';
      if (value !== '' && (name === 'id' || (name === 'name' && isLink))) anchors.push(value);
    }
    take(tagEnd);
    text.push(' ');
  }
  return { text: text.join('').replace(/\s+/g, ' ').trim(), anchors };
}
