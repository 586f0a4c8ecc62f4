import { WorkerMarkdownParser } from '@markitect/adapter-markdown';
import { isMarkitectError, type MarkdownNode } from '@markitect/domain';

/** Texts of issues are short: starting a thread would take longer than parsing them. */
const INLINE_BYTES = 256 * 1024;

/** The syntax trees (mdast) of texts; of a text that is no Markdown we can read, `undefined`. */
export async function parseMarkdown(
  texts: readonly string[],
): Promise<readonly (MarkdownNode | undefined)[]> {
  const parser = new WorkerMarkdownParser({ threads: 1, inlineBytes: INLINE_BYTES });
  try {
    const trees: (MarkdownNode | undefined)[] = [];
    for (const text of texts) trees.push(await parseOne(parser, text));
    return trees;
  } finally {
    await parser.close();
  }
}

async function parseOne(parser: WorkerMarkdownParser, text: string): Promise<MarkdownNode | undefined> {
  try {
    // An issue has no front matter: what looks like it is a line across the page. The line feed keeps it one.
    return await parser.decode((await parser.parse(`\n${text}`)).tree);
  } catch (error) {
    if (isMarkitectError(error)) return undefined;
    throw error;
  }
}
