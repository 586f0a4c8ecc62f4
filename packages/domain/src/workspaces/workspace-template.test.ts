import { describe, expect, it } from '@jest/globals';
import { parseFilePath } from '../files/file-path.js';
import { attachmentPath } from './attachment-path.js';
import { parseWorkspaceSlug } from './workspace-slug.js';
import { builtInIssueTemplate, builtInTemplate, renderTemplate } from './workspace-template.js';

const values = {
  slug: parseWorkspaceSlug('42'),
  title: 'The {{slug}} $& title',
  startedAt: '2026-11-21T23:59:59.999Z',
};
const encode = (text: string) => new TextEncoder().encode(text);
const render = (text: string, path = 'a.md') => {
  const [file] = renderTemplate({ name: 'x', files: [{ path, content: encode(text) }] }, values);
  return { path: file?.path, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(file?.content) };
};

describe('a template', () => {
  it.each([
    ['{{slug}}', '42'],
    ['{{ title }}', 'The {{slug}} $& title'],
    ['{{date}}{{date}}', '2026-11-212026-11-21'],
    ['{{unknown}} {{constructor}} {{toString}} {{}} {slug} {{SLUG}}', undefined],
    ['\ufeffwith a mark {{slug}}', '\ufeffwith a mark 42'],
    ['', ''],
  ])('turns %j into %j', (text, expected) => {
    expect(render(text).text).toBe(expected ?? text);
  });

  it('may have slug and date in its paths, but not the title, which may be no path', () => {
    expect(render('', '{{slug}}/{{date}}-{{title}}.md').path).toBe('42/2026-11-21-{{title}}.md');
  });

  it('leaves files alone that are not UTF-8', () => {
    const content = Uint8Array.from([0xff, ...encode('{{slug}}')]);
    const [file] = renderTemplate({ name: 'x', files: [{ path: 'a.bin', content }] }, values);
    expect(file?.content).toEqual(content);
  });

  it('is there without anybody writing one', () => {
    const files = renderTemplate(builtInTemplate, { ...values, title: 'Fix' });
    expect(files.map(({ path }) => path).sort()).toEqual(['notes.md', 'requirements.md', 'test-plan.md']);
    for (const { path, content } of files) {
      expect(parseFilePath(path)).toBe(path);
      const text = new TextDecoder().decode(content);
      expect(text).toMatch(/^# .*Fix\n/);
      expect(text).not.toContain('{{');
    }
  });
});

describe('a template of a workspace for an issue', () => {
  const issue = { number: 42, body: '\nFix {{title}}\n\n- now\n', url: 'https://git/x/issues/42' };
  const textOf = (template: typeof builtInTemplate, of: typeof issue | Omit<typeof issue, 'url'>) => {
    const [file] = renderTemplate(template, { ...values, title: 'Fix', issue: of });
    return new TextDecoder().decode(file?.content);
  };

  it('can say of it what there is to say, and nothing where there is no issue', () => {
    const template = { name: 'x', files: [{ path: 'a', content: encode('#{{issue}} <{{url}}> {{body}}|') }] };
    expect(textOf(template, issue)).toBe('#42 <https://git/x/issues/42> Fix {{title}}\n\n- now|');
    expect(render('#{{issue}} <{{url}}> {{body}}|').text).toBe('# <> |');
  });

  it('is built in, too, with the text of the issue as what is wanted', () => {
    const text = textOf(builtInIssueTemplate(issue), issue);
    expect(text).toContain('started 2026-11-21 for issue #42: https://git/x/issues/42\n');
    expect(text).toContain('## What is wanted\n\nFix {{title}}\n\n- now\n\n## How');
    const bare = { number: 7, body: ' ' };
    expect(textOf(builtInIssueTemplate(bare), bare)).toContain('for issue #7\n\n## What is wanted\n\n## How');
  });
});

describe('the place of an attachment', () => {
  it.each([
    ['log.txt', 'attachments/log.txt'],
    ['/var/log/my log.txt', 'attachments/my log.txt'],
    ['../../up.txt', 'attachments/up.txt'],
    ['C:\\logs\\Größe.txt', 'attachments/Größe.txt'],
  ])('of %s is %s', (source, path) => {
    expect(attachmentPath(source)).toBe(path);
  });

  it.each(['', '/', 'folder/', '..', 'a/..', 'nul\0'])('of %j is nowhere', (source) => {
    expect(() => attachmentPath(source)).toThrow(expect.objectContaining({ code: 'FILE_PATH_INVALID' }));
  });
});
