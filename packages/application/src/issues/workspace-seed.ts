import {
  type Issue,
  MAX_WORKSPACE_TITLE_LENGTH,
  parseWorkspaceSlug,
  type WorkspaceSlug,
} from '@markitect/domain';
import type { StartRequest } from '../workspaces/workspace-service.js';

/** What a workspace for an issue starts with. */
export interface WorkspaceSeed {
  /** The number of the issue: what links the two. */
  readonly slug: WorkspaceSlug;
  /** For `WorkspaceService.start(slug, request)`, to which a template may be added. */
  readonly request: Required<Pick<StartRequest, 'title' | 'issue'>>;
}

/** The seed of an issue. Its title is made a line that a workspace may have as title. */
export function workspaceSeed({ number, title, body, url }: Issue): WorkspaceSeed {
  const line = title
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return {
    slug: parseWorkspaceSlug(String(number)),
    request: {
      title: (line === '' ? `#${number}` : line)
        .slice(0, MAX_WORKSPACE_TITLE_LENGTH)
        // The limit may have cut a character in two.
        .replace(/[\ud800-\udbff]$/, '')
        .trim(),
      issue: { number, body, ...(url === undefined ? {} : { url }) },
    },
  };
}
