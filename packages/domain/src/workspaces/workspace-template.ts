import type { Timestamp } from '../timestamp.js';
import type { WorkspaceSlug } from './workspace-slug.js';

/** A file that a workspace starts with. */
export interface TemplateFile {
  /** Relative to the folder of the workspace. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** The files that a workspace starts with, under a name. */
export interface WorkspaceTemplate {
  readonly name: string;
  readonly files: readonly TemplateFile[];
}

/** What the placeholders of a template stand for. */
export interface TemplateValues {
  /** `{{slug}}` */
  readonly slug: WorkspaceSlug;
  /** `{{title}}` */
  readonly title: string;
  /** Its day, in UTC, is `{{date}}`. */
  readonly startedAt: Timestamp;
}

/** The name of the template that is used unless another is asked for. */
export const DEFAULT_TEMPLATE = 'default';

/**
 * The files of a template for one workspace. `{{slug}}`, `{{title}}` and `{{date}}` are replaced in paths and texts,
 * once: a title that contains a placeholder keeps it. Other braces stay, and so does any file that is not UTF-8.
 */
export function renderTemplate(template: WorkspaceTemplate, values: TemplateValues): TemplateFile[] {
  const words = { slug: values.slug, title: values.title, date: values.startedAt.slice(0, 10) };
  const fill = (text: string, known: Readonly<Record<string, string>>) =>
    text.replace(/\{\{ ?([a-z]+) ?\}\}/g, (whole, name: string) =>
      Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
    );
  return template.files.map(({ path, content }) => {
    const text = textOf(content);
    return {
      // A title may contain what no path may.
      path: fill(path, { slug: words.slug, date: words.date }),
      content: text === undefined ? content : new TextEncoder().encode(fill(text, words)),
    };
  });
}

function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** The template that is there without anybody writing one. */
export const builtInTemplate: WorkspaceTemplate = {
  name: DEFAULT_TEMPLATE,
  files: Object.entries({
    'requirements.md': `# {{title}}

Workspace \`{{slug}}\`, started {{date}}.

## What is wanted

## How we will know that it is done

- [ ]
`,
    'notes.md': `# Notes: {{title}}

## {{date}}

`,
    'test-plan.md': `# Test plan: {{title}}

| What is tried | What should happen | Seen |
| ------------- | ------------------ | ---- |
|               |                    |      |
`,
  }).map(([path, text]) => ({ path, content: new TextEncoder().encode(text) })),
};
