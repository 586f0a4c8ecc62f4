import { z } from 'zod';

/** What the API says of documents. Descriptions and examples go into the OpenAPI description. */

const path = z.string().meta({ description: 'The path of the document.', examples: ['guides/start.md'] });
const line = z
  .number()
  .int()
  .meta({ description: 'Counted from 1.', examples: [12] });
const fragment = z.string().meta({ description: 'The part after `#`.', examples: ['install'] });
const timestamp = z.string().meta({ description: 'RFC 3339, UTC.', examples: ['2026-11-21T08:37:00.000Z'] });

const summaryFields = {
  path,
  title: z.string().meta({ examples: ['Getting started'] }),
  tags: z
    .array(z.string())
    .readonly()
    .meta({ examples: [['guide', 'setup']] }),
  hash: z.string().meta({
    description: 'SHA-256 of the content, hexadecimal.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  bytes: z
    .number()
    .int()
    .meta({ description: 'Size of the content.', examples: [1834] }),
  revision: z
    .number()
    .int()
    .meta({ description: 'Counts the changes, from 1.', examples: [3] }),
  createdAt: timestamp,
  updatedAt: timestamp,
  source: z
    .string()
    .exactOptional()
    .meta({
      description: 'The file it was read from; absent for a document written through the API.',
      examples: ['/srv/handbook/guides/start.md'],
    }),
};

const heading = z.object({
  depth: z
    .number()
    .int()
    .meta({ description: '1 to 6.', examples: [2] }),
  text: z.string().meta({ examples: ['Install'] }),
  slug: z.string().meta({ description: 'The fragment that links to it.', examples: ['install'] }),
  line,
});

export const documentSummary = z
  .object(summaryFields)
  .meta({ id: 'DocumentSummary', description: 'What a listing says of a document.' });

export const document = z
  .object({
    ...summaryFields,
    content: z.string().meta({
      description: 'The Markdown as written, front matter included.',
      examples: ['# Getting started\n'],
    }),
    frontMatter: z.record(z.string(), z.unknown()).meta({ examples: [{ title: 'Getting started' }] }),
    headings: z.array(heading).readonly(),
  })
  .meta({ id: 'Document', description: 'A stored document.' });

export const saveResult = z
  .object({
    path,
    outcome: z.enum(['created', 'updated', 'unchanged']).meta({
      description: '`unchanged`: the same content was already stored; nothing was written.',
      examples: ['updated'],
    }),
    revision: summaryFields.revision,
    hash: summaryFields.hash,
  })
  .meta({ id: 'SaveResult', description: 'What a write did.' });

export const documentContent = z
  .object({ content: z.string().meta({ description: 'The Markdown.', examples: ['# Getting started\n'] }) })
  .meta({ description: 'A document to store.' });

export const snippet = z
  .array(
    z.object({
      text: z.string().meta({ examples: ['ownership'] }),
      match: z.boolean().meta({ description: 'Whether this part is what was searched for.' }),
    }),
  )
  .readonly();

export const searchHit = z
  .object({
    path,
    title: summaryFields.title,
    score: z.number().meta({ description: 'Higher is better, within one search.', examples: [4.2] }),
    snippet,
  })
  .meta({ id: 'SearchHit', description: 'A document that answers a search.' });

export const documentLinks = z
  .object({
    path,
    outgoing: z
      .array(
        z.object({
          href: z.string().meta({ description: 'As written.', examples: ['../start.md#install'] }),
          text: z.string().meta({ examples: ['how to install'] }),
          line,
          kind: z.enum(['external', 'asset', 'document']),
          state: z.enum(['ok', 'missing-document', 'missing-fragment', 'unchecked']),
          path: path.exactOptional(),
          fragment: fragment.exactOptional(),
        }),
      )
      .readonly(),
    incoming: z
      .array(
        z.object({
          path,
          text: z.string().meta({ examples: ['start here'] }),
          line,
          fragment: fragment.exactOptional(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'DocumentLinks', description: 'The links of a document and to it.' });

export const markdownNode = z
  .looseObject({ type: z.string().meta({ description: 'The kind of node.', examples: ['heading'] }) })
  .meta({
    id: 'MarkdownNode',
    description: 'A node of an mdast tree (https://github.com/syntax-tree/mdast), its children inside it.',
    examples: [{ type: 'heading', depth: 2, children: [{ type: 'text', value: 'Install' }] }],
  });

export const nodeHit = z
  .object({
    path,
    node: markdownNode,
    text: z.string().meta({ description: "The node's words without markup.", examples: ['Install'] }),
  })
  .meta({ id: 'NodeHit', description: 'A node that a selector matches.' });

/** A page of items. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item).readonly(),
    nextCursor: z
      .string()
      .exactOptional()
      .meta({
        description:
          'Pass back as `cursor`, with the same query, for the next page; absent on the last page.',
        examples: ['WyIxYjJjM2QiLCJndWlkZXMvc3RhcnQubWQiXQ'],
      }),
  });
}
