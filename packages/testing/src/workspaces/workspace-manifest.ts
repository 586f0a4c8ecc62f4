import { parseWorkspaceSlug, type WorkspaceManifest } from '@markitect/domain';

/** A manifest for tests; what is not given is always the same. Throws Invalid `WORKSPACE_SLUG_INVALID`. */
export function workspaceManifest(
  overrides: Partial<Omit<WorkspaceManifest, 'slug'>> & { readonly slug?: string } = {},
): WorkspaceManifest {
  const { slug = '42', ...given } = overrides;
  return {
    id: `id of ${slug}`,
    title: `Title of ${slug}`,
    template: 'default',
    baseline: [],
    revision: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...given,
    slug: parseWorkspaceSlug(slug),
  };
}
