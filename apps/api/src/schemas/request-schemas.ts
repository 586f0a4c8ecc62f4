import { searchPlaces } from '@markitect/application';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_LIMIT } from '@markitect/domain';
import { documentSorts } from '@markitect/ports';
import { z } from 'zod';

/** What requests may say. Unknown parameters are refused: a misspelt filter must not answer with everything. */

/** Decimal digits as a number; anything else as it is, to be refused. `Number` would take `0x10`, `1e2` and blanks. */
export function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}

/** The parameters of every listing. */
export const pageQuery = {
  limit: z
    .preprocess(wholeNumber, z.number().int().min(1).max(MAX_PAGE_LIMIT))
    .exactOptional()
    .meta({
      description: `Items on the page, 1 to ${MAX_PAGE_LIMIT}; default ${DEFAULT_PAGE_LIMIT}.`,
      examples: [DEFAULT_PAGE_LIMIT],
    }),
  cursor: z
    .string()
    .min(1)
    .exactOptional()
    .meta({
      description: 'The `nextCursor` of the page before, with the same query.',
      examples: ['WyIxYjJjM2QiLCJndWlkZXMvc3RhcnQubWQiXQ'],
    }),
};

const prefix = z
  .string()
  .exactOptional()
  .meta({
    description: 'Only documents whose paths begin with this text.',
    examples: ['guides/'],
  });

const tag = z
  .string()
  .min(1)
  .exactOptional()
  .meta({
    description: 'Only documents with this tag; case does not matter.',
    examples: ['guide'],
  });

const fieldAndValue = z.string().regex(/^[^:]+:/, 'must have the form field:value');

function haveDifferentFields(where: readonly string[]): boolean {
  return new Set(where.map((each) => each.slice(0, each.indexOf(':')))).size === where.length;
}

export const listQuery = z.strictObject({
  ...pageQuery,
  prefix,
  tag,
  where: z
    .union([z.array(fieldAndValue).refine(haveDifferentFields, 'must not name a field twice'), fieldAndValue])
    .exactOptional()
    .meta({
      description:
        'Only documents whose front matter has this value, as `field:value`; repeat it for several fields. Fields of nested mappings are named `a.b`.',
      examples: ['status:draft'],
    }),
  sort: z
    .enum(documentSorts)
    .exactOptional()
    .meta({ description: 'Default `path`.', examples: ['updatedAt'] }),
  order: z
    .enum(['asc', 'desc'])
    .exactOptional()
    .meta({ description: 'Default `asc`.', examples: ['desc'] }),
});

export const searchQuery = z
  .strictObject({
    q: z.string().meta({
      description: 'Words, all of which must occur; `"a phrase"`, `begin*`, `-without`.',
      examples: ['ownership borrow*'],
    }),
    in: z
      .enum(searchPlaces)
      .exactOptional()
      .meta({ description: 'Look only here. Default: everywhere.', examples: ['documents'] }),
    limit: pageQuery.limit.meta({
      description: `Hits of each place, 1 to ${MAX_PAGE_LIMIT}; default ${DEFAULT_PAGE_LIMIT}.`,
      examples: [DEFAULT_PAGE_LIMIT],
    }),
    cursor: pageQuery.cursor.meta({
      description: 'The `nextCursor` of the page before of the place that `in` names, with the same query.',
      examples: ['WyIxYjJjM2QiLCJndWlkZXMvc3RhcnQubWQiXQ'],
    }),
    prefix,
    tag,
    state: z
      .enum(['open', 'closed'])
      .exactOptional()
      .meta({ description: 'Only issues in this state.', examples: ['open'] }),
  })
  .refine(({ cursor, in: place }) => cursor === undefined || place !== undefined, {
    message: 'a page goes on in one place: name it with `in`',
    path: ['cursor'],
  })
  .refine((query) => query.in === 'documents' || query.prefix === undefined, {
    message: 'only documents have a prefix: say `in=documents`',
    path: ['prefix'],
  })
  .refine((query) => query.in === 'documents' || query.tag === undefined, {
    message: 'only documents have tags: say `in=documents`',
    path: ['tag'],
  })
  .refine((query) => query.in !== 'documents' || query.state === undefined, {
    message: 'documents have no state',
    path: ['state'],
  });

export const nodesQuery = z
  .strictObject({
    selector: z
      .string()
      .min(1)
      .meta({
        description: 'A CSS-like selector over mdast nodes.',
        examples: ['heading[depth=2]'],
      }),
    path: z
      .string()
      .min(1)
      .exactOptional()
      .meta({
        description: 'Only this document.',
        examples: ['guides/start.md'],
      }),
    prefix,
    ...pageQuery,
  })
  .refine((query) => query.path === undefined || query.prefix === undefined, {
    message: 'path and prefix exclude each other',
    path: ['prefix'],
  });

export const documentParams = z.object({
  '*': z.string().meta({
    description: 'The path of the document, e.g. `guides/start.md`. Its slashes may stand as they are.',
    examples: ['guides/start.md'],
  }),
});

export const readHeaders = z.object({
  'if-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Answer 412 unless the document has one of these tags; `*`: any.',
      examples: ['"3-9f86d081884c7d65"'],
    }),
  'if-none-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Answer 304 if the document still has one of these tags.',
      examples: ['"3-9f86d081884c7d65"'],
    }),
});

export const writeHeaders = z.object({
  'if-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Write only if the document has one of these tags; `*`: if it exists.',
      examples: ['"3-9f86d081884c7d65"'],
    }),
  'if-none-match': z
    .string()
    .exactOptional()
    .meta({
      description: '`*`: write only if there is no document at this path.',
      examples: ['*'],
    }),
});

export const ingestBody = z
  .strictObject({
    paths: z
      .array(z.string().min(1))
      .min(1)
      .meta({
        description:
          'Files, folders or patterns below `ingest.roots`; relative ones start from the first root.',
        examples: [['guides', 'notes/*.md']],
      }),
    as: z
      .string()
      .min(1)
      .exactOptional()
      .meta({
        description: 'The prefix of the document paths instead of the place of the input.',
        examples: ['handbook'],
      }),
    ignore: z
      .array(z.string())
      .exactOptional()
      .meta({
        description: 'Patterns in the form of a `.gitignore`.',
        examples: [['drafts/']],
      }),
    prune: z
      .boolean()
      .exactOptional()
      .meta({
        description: 'Remove the documents below the inputs whose files are gone. Default false.',
        examples: [false],
      }),
    overwrite: z
      .boolean()
      .exactOptional()
      .meta({
        description: 'Replace documents that another file, or the API, has written. Default false.',
        examples: [false],
      }),
  })
  .meta({ description: 'Which files to take in, and how.' });
