import type { DocumentLinks, OutgoingLink } from '@markitect/domain';
import { printableLine } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { argument, defineCommand } from './command.js';

/** `markitect docs links` */
export const docsLinks = defineCommand({
  name: ['docs', 'links'],
  summary: 'show the links of a document and to it',
  description:
    'Judged against what is stored now: links to stored documents and their headings are checked, those to other ' +
    'sites and to files that are not documents are only listed. Not on a terminal: one line per link with ' +
    '"outgoing", "incoming" or "broken", the place of the link (path:line), its target and its text, separated by ' +
    'tabs; a broken link comes once, as broken.',
  arguments: [{ name: 'path', description: 'the document, as `markitect docs list` names it' }],
  examples: [
    { command: 'markitect docs links guides/start.md', does: 'all links' },
    {
      command: "markitect docs links guides/start.md --json | jq '.broken[].href'",
      does: 'only what leads nowhere',
    },
  ],
  json: `{
  path: string;
  outgoing: {              // all links of the document, in reading order
    href: string; text: string; line: number;
    kind: 'document' | 'asset' | 'external';
    state: 'ok' | 'missing-document' | 'missing-fragment' | 'unchecked';
    path?: string; fragment?: string;
  }[];
  incoming: { path: string; text: string; line: number; fragment?: string }[];
  broken: {…}[];           // those of outgoing that lead nowhere
}`,
  async run(context, args) {
    const { terminal } = context;
    const path = argument(args);
    const links = await context.withApplication(({ documents }) => documents.links(path));
    const broken = links.outgoing.filter(isBroken);
    if (terminal.json) terminal.printJson({ path: path.normalize('NFC'), ...links, broken });
    else if (terminal.isInteractive) printSections(terminal, links, broken);
    else printLines(terminal, path, links);
  },
});

function isBroken({ state }: OutgoingLink): boolean {
  return state === 'missing-document' || state === 'missing-fragment';
}

function printLines(terminal: Terminal, path: string, { outgoing, incoming }: DocumentLinks): void {
  const line = (...fields: readonly string[]) => fields.map(printableLine).join('\t');
  terminal.print(
    ...outgoing.map((link) =>
      line(isBroken(link) ? 'broken' : 'outgoing', `${path}:${link.line}`, link.href, link.text),
    ),
    ...incoming.map((link) =>
      line('incoming', `${link.path}:${link.line}`, path + fragmentOf(link.fragment), link.text),
    ),
  );
}

function printSections(
  terminal: Terminal,
  { outgoing, incoming }: DocumentLinks,
  broken: readonly OutgoingLink[],
): void {
  const { style } = terminal;
  const section = (name: string, lines: readonly string[]) => [
    `${style.bold(name)} ${style.dim(`(${lines.length})`)}`,
    ...lines.map((line) => `  ${line}`),
  ];
  const numberWidth = Math.max(4, ...outgoing.map(({ line }) => String(line).length));
  const number = (line: number) => style.dim(String(line).padStart(numberWidth));
  const quoted = (text: string) => (text.trim() === '' ? '' : `  ${style.dim(printableLine(text))}`);
  const arrow = (link: OutgoingLink) =>
    link.path === undefined || link.path === link.href
      ? ''
      : `${style.dim(' → ')}${style.cyan(printableLine(link.path) + fragmentOf(link.fragment))}`;
  terminal.print(
    ...section(
      'Outgoing',
      outgoing.map(
        (link) => `${number(link.line)}  ${printableLine(link.href)}${arrow(link)}${quoted(link.text)}`,
      ),
    ),
    '',
    ...section(
      'Incoming',
      incoming.map(
        (link) =>
          `${style.cyan(printableLine(link.path))}:${link.line}${link.fragment === undefined ? '' : ` ${fragmentOf(link.fragment)}`}${quoted(link.text)}`,
      ),
    ),
    '',
    ...section(
      'Broken',
      broken.map(
        (link) =>
          `${number(link.line)}  ${style.red(printableLine(link.href))}  ${link.state === 'missing-document' ? 'no such document' : 'no such heading in the document'}${quoted(link.text)}`,
      ),
    ),
  );
}

function fragmentOf(fragment: string | undefined): string {
  return fragment === undefined ? '' : `#${printableLine(fragment)}`;
}
