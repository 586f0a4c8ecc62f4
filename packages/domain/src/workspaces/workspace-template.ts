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
  /** The issue it is for; absent: its placeholders stand for nothing. */
  readonly issue?: TemplateIssue;
}

/** What a template can say of the issue that a workspace is for. */
export interface TemplateIssue {
  /** `{{issue}}` */
  readonly number: number;
  /** Markdown: `{{body}}`. */
  readonly body: string;
  /** `{{url}}`; absent: nothing. */
  readonly url?: string;
}

/** The name of the template that is used unless another is asked for. */
export const DEFAULT_TEMPLATE = 'default';

/**
 * The files of a template for one workspace. `{{slug}}` and `{{date}}` are replaced in paths and texts,
 * `{{title}}`, `{{issue}}`, `{{url}}` and `{{body}}` in texts, once: a title that contains a placeholder keeps it. Other braces stay,
 * and so does any file that is not UTF-8.
 */
export function renderTemplate(template: WorkspaceTemplate, values: TemplateValues): TemplateFile[] {
  const { slug, title, startedAt, issue } = values;
  const names = { slug, date: startedAt.slice(0, 10) };
  const words = {
    ...names,
    title,
    issue: String(issue?.number ?? ''),
    url: issue?.url ?? '',
    body: issue?.body.trim() ?? '',
  };
  const fill = (text: string, known: Readonly<Record<string, string>>) =>
    text.replace(/\{\{ ?([a-z]+) ?\}\}/g, (whole, name: string) =>
      Object.hasOwn(known, name) ? (known[name] ?? whole) : whole,
    );
  return template.files.map(({ path, content }) => {
    const text = textOf(content);
    return {
      // A title may contain what no path may.
      path: fill(path, names),
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
export const builtInTemplate: WorkspaceTemplate = builtIn('Workspace `{{slug}}`, started {{date}}.\n', '');

/** What takes the place of the built-in template for a workspace of an issue: its text is what is wanted. */
export function builtInIssueTemplate({ body, url }: TemplateIssue): WorkspaceTemplate {
  const address = url === undefined ? '' : ': {{url}}';
  return builtIn(
    `Workspace \`{{slug}}\`, started {{date}} for issue #{{issue}}${address}\n`,
    body.trim() === '' ? '' : '\n{{body}}\n',
  );
}

function builtIn(head: string, wanted: string): WorkspaceTemplate {
  const files = {
    'requirements.md': `# {{title}}

${head}
## What is wanted
${wanted}
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
  };
  return {
    name: DEFAULT_TEMPLATE,
    files: Object.entries(files).map(([path, text]) => ({ path, content: new TextEncoder().encode(text) })),
  };
}
