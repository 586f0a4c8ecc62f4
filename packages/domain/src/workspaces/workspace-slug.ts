import { Invalid } from '../errors/markitect-error.js';

declare const workspaceSlug: unique symbol;

/** The name of a workspace and of its folder: an issue number or words, e.g. `42`, `fix-login`. */
export type WorkspaceSlug = string & { readonly [workspaceSlug]: true };

/** The most characters a slug may have. */
export const MAX_WORKSPACE_SLUG_LENGTH = 64;

/**
 * Checks a slug: lower-case letters a-z and digits in words, single hyphens between them, at most
 * {@link MAX_WORKSPACE_SLUG_LENGTH} characters, no name that Windows keeps for a device. Such a name is safe as a
 * folder on every file system, and no two differ only by case. Throws Invalid `WORKSPACE_SLUG_INVALID`, with a
 * `suggestion` among its details where the text can be made into a slug.
 */
export function parseWorkspaceSlug(input: string): WorkspaceSlug {
  if (isWorkspaceSlug(input)) return input;
  const suggestion = suggestionFor(input);
  throw new Invalid(
    'WORKSPACE_SLUG_INVALID',
    `${JSON.stringify(input.slice(0, 80))} is not a workspace slug` +
      (suggestion === undefined ? '' : `; "${suggestion}" would be one`),
    { details: { field: 'slug', ...(suggestion === undefined ? {} : { suggestion }) } },
  );
}

/** Whether a text keeps the rules of {@link parseWorkspaceSlug}. */
export function isWorkspaceSlug(text: string): text is WorkspaceSlug {
  return (
    text.length <= MAX_WORKSPACE_SLUG_LENGTH &&
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) &&
    !/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/.test(text)
  );
}

function suggestionFor(input: string): string | undefined {
  const words = input
    .slice(0, 4 * MAX_WORKSPACE_SLUG_LENGTH)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .match(/[a-z0-9]+/g);
  const text = (words ?? []).join('-').slice(0, MAX_WORKSPACE_SLUG_LENGTH).replace(/-$/, '');
  return isWorkspaceSlug(text) ? text : undefined;
}
