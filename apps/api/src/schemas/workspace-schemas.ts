import type { WorkspaceState } from '@markitect/domain';
import { z } from 'zod';
import { pageQuery } from './request-schemas.js';

/** What the API says of workspaces, and what requests about them may say. */

const states = [
  'clean',
  'active',
  'dirty',
  'finished',
  'abandoned',
] as const satisfies readonly WorkspaceState[];

const slug = z.string().meta({
  description: 'The name of the workspace: an issue number or lower-case words with hyphens.',
  examples: ['fix-login'],
});
const path = z.string().meta({
  description: 'Relative to the folder of the workspace.',
  examples: ['requirements.md'],
});
const timestamp = z.string().meta({ description: 'RFC 3339, UTC.', examples: ['2026-11-21T08:37:00.000Z'] });
const paths = (description: string, ...examples: string[]) =>
  z
    .array(z.string())
    .readonly()
    .meta({ description, examples: [examples] });

const summaryFields = {
  slug,
  title: z.string().meta({ examples: ['Fix the login'] }),
  id: z.string().meta({
    description: 'Names this workspace for ever, also when its slug is used again.',
    examples: ['0b0f8a2e-5f7f-4c3e-9c07-6d0c2d9b0c55'],
  }),
  state: z.enum(states).meta({
    description:
      '`clean`: as started; `active`: as last saved; `dirty`: some file is not as last saved, or as started; `finished`, `abandoned`: over.',
    examples: ['dirty'],
  }),
  folder: z
    .string()
    .exactOptional()
    .meta({
      description: 'Where its files are on the server, while it is open.',
      examples: ['/srv/team/.markitect/workspaces/fix-login'],
    }),
  archive: z
    .string()
    .exactOptional()
    .meta({
      description: 'Where its archive is on the server, when it is finished.',
      examples: ['/srv/team/.markitect/archives/fix-login-2026-11-21.tar.gz'],
    }),
  template: z.string().meta({ description: 'What it was started from.', examples: ['default'] }),
  revision: z
    .number()
    .int()
    .meta({ description: 'Counts the commands that changed it, from 1.', examples: [3] }),
  createdAt: timestamp,
  updatedAt: timestamp,
  savedAt: timestamp.exactOptional(),
  endedAt: timestamp.exactOptional(),
  changed: paths('Files with other contents than when last saved.', 'requirements.md'),
  missing: paths('Files that were saved and are gone.', 'notes.md'),
  unknown: paths('Files that are new since the last save.', 'attachments/error.log'),
};

export const workspaceSummary = z
  .object(summaryFields)
  .meta({ id: 'WorkspaceSummary', description: 'What a listing says of a workspace.' });

export const workspace = z
  .object({
    ...summaryFields,
    files: z
      .array(
        z.object({
          path,
          checksum: z.string().meta({
            description: 'SHA-256 of the content, hexadecimal.',
            examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
          }),
          bytes: z
            .number()
            .int()
            .meta({ examples: [1834] }),
        }),
      )
      .readonly()
      .meta({ description: 'The files as they were last saved, or started.' }),
  })
  .meta({ id: 'Workspace', description: 'A workspace as it is now, compared with its last save.' });

export const workspaceParams = z.object({ slug });

const ifMatch = (description: string) =>
  z.object({
    'if-match': z
      .string()
      .exactOptional()
      .meta({ description, examples: ['"3-9f86d081884c7d65"'] }),
  });

export const workspaceHeaders = ifMatch(
  'Answer 412 unless the workspace has one of these tags; `*`: any.',
).extend({
  'if-none-match': z
    .string()
    .exactOptional()
    .meta({
      description: 'Answer 304 if the workspace still has one of these tags.',
      examples: ['"3-9f86d081884c7d65"'],
    }),
});

export const commandHeaders = ifMatch(
  'Do nothing and answer 412 unless the workspace still has one of these tags; `*`: any.',
);

export const workspaceFileParams = z.object({
  slug,
  '*': z.string().meta({
    description: 'The path in the workspace. Its slashes may stand as they are.',
    examples: ['attachments/error.log'],
  }),
});

export const workspacesQuery = z.strictObject({
  ...pageQuery,
  state: z
    .enum(states)
    .exactOptional()
    .meta({ description: 'Only workspaces in this state.', examples: ['dirty'] }),
});

export const addQuery = z.strictObject({
  replace: z
    .enum(['true', 'false'])
    .exactOptional()
    .meta({ description: 'Whether it may take the place of a file. Default false.', examples: ['true'] }),
});

export const startBody = z
  .strictObject({
    slug: slug.exactOptional(),
    issue: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .exactOptional()
      .meta({
        description:
          'The number of an issue, in place of a slug: the workspace has the number as its slug, and title and files tell of the issue.',
        examples: [42],
      }),
    title: z
      .string()
      .exactOptional()
      .meta({
        description: 'One line; default the title of the issue, or the slug.',
        examples: ['Fix the login'],
      }),
    template: z
      .string()
      .exactOptional()
      .meta({ description: 'Default `default`.', examples: ['default'] }),
  })
  .refine((body) => (body.slug === undefined) !== (body.issue === undefined), {
    message: 'name the workspace with either slug or issue',
    path: ['slug'],
  })
  .meta({ description: 'A workspace to start.' });

export const restoreBody = z.strictObject({ path }).meta({ description: 'The file to restore.' });

export const abandonBody = z
  .strictObject({
    discard: z
      .boolean()
      .exactOptional()
      .meta({
        description: 'Also when changes are lost that are not saved. Default false.',
        examples: [false],
      }),
  })
  .meta({ description: 'How to end it.' });

/** A command without options still has a body: a page of another site could send a request without one. */
export const emptyBody = z.strictObject({}).meta({ description: 'An empty object.', examples: [{}] });

export const fileBody = z.unknown().meta({ description: 'The bytes of the file.' });
