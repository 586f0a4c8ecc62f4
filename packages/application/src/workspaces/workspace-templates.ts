import {
  builtInTemplate,
  DEFAULT_TEMPLATE,
  isWorkspaceSlug,
  NotFound,
  type TemplateFile,
  type WorkspaceTemplate,
} from '@markitect/domain';
import type { FileStore } from '@markitect/ports';

/** The templates there are: a folder of the store for each, and the built-in one unless a folder replaces it. */
export class WorkspaceTemplates {
  readonly #store: FileStore;
  readonly #maxBytes: number;

  constructor(store: FileStore, maxBytes: number) {
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  /** The names, sorted. Folders whose name is not in the form of a slug are no templates. */
  async names(): Promise<readonly string[]> {
    const names = new Set([DEFAULT_TEMPLATE]);
    for await (const { path } of this.#store.list()) {
      const name = path.slice(0, Math.max(0, path.indexOf('/')));
      if (isWorkspaceSlug(name)) names.add(name);
    }
    return [...names].sort();
  }

  /** Throws NotFound `WORKSPACE_TEMPLATE_NOT_FOUND` naming those there are. */
  async get(name: string): Promise<WorkspaceTemplate> {
    const files: TemplateFile[] = [];
    if (isWorkspaceSlug(name)) {
      for await (const { path } of this.#store.list(name)) {
        const { bytes } = await this.#store.read(path, this.#maxBytes);
        files.push({ path: path.slice(name.length + 1), content: bytes });
      }
    }
    if (files.length > 0) return { name, files };
    if (name === DEFAULT_TEMPLATE) return builtInTemplate;
    const known = await this.names();
    throw new NotFound(
      'WORKSPACE_TEMPLATE_NOT_FOUND',
      `there is no template ${JSON.stringify(name.slice(0, 80))}, only ${known.join(', ')}`,
      { details: { field: 'template', known } },
    );
  }
}
