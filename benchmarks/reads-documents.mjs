// Documents of 2 KB with a tag, two headings and two links, always the same ones.
import { createHash } from 'node:crypto';

const words =
  'ownership borrow checker lifetime compile trait generic async runtime memory value move copy reference scope stack heap pointer closure iterator module crate macro match pattern enum struct field method'.split(
    ' ',
  );

/** Makes drafts; equal `number` and `version` make an equal draft. */
export function draftOf(number, version = 0) {
  let state = number * 7919 + version + 1;
  const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  let text = `Version ${version} of document ${number}.`;
  while (text.length < 1950) text += ` ${words[Math.floor(next() * words.length)]}`;
  const path = pathOf(number);
  const content = `# Document ${number}\n\n## Part\n\n${text}\n`;
  const link = (other, line) => ({
    href: `${other}.md`,
    text: `document ${other}`,
    line,
    target: { kind: 'document', key: pathOf(other).replace(/\.md$/, '') },
  });
  return {
    path,
    title: `Document ${number}`,
    tags: [words[number % words.length]],
    hash: createHash('sha256').update(content).digest('hex'),
    bytes: Buffer.byteLength(content),
    content,
    frontMatter: { status: 'draft', order: number },
    headings: [
      { depth: 1, text: `Document ${number}`, slug: `document-${number}`, line: 1 },
      { depth: 2, text: 'Part', slug: 'part', line: 3 },
    ],
    anchors: [],
    links: [link(number + 1, 5), link(number + 2, 5)],
    text,
    source: `/corpus/${path}`,
    savedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** The path of a document; paths sort as their numbers do. */
export function pathOf(number) {
  return `corpus/${String(number % 97).padStart(2, '0')}/${String(number).padStart(7, '0')}.md`;
}
