import type { JsonObject } from '@markitect/domain';

/**
 * What the head of a Markdown file says: the lines `name: value` of its front matter, as texts, and its first heading as
 * `title` where they have none. Lines of any other form, such as lists, are passed over.
 */
export function markdownHead(text: string): JsonObject {
  const front = /(?<![^])---[ \t]*\r?\n(.*?)^---[ \t]*$/ms.exec(text);
  const fields = new Map<string, string>();
  for (const line of front?.[1]?.split('\n') ?? []) {
    const [, name = '', value = ''] = /^([\w-]+):[ \t]+(\S.*)$/.exec(line.trimEnd()) ?? [];
    if (name !== '') fields.set(name, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  const heading = /^# +(\S.*)$/m.exec(text.slice(front?.[0].length ?? 0))?.[1];
  if (heading !== undefined && !fields.has('title')) fields.set('title', heading.trim());
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(fields);
}
