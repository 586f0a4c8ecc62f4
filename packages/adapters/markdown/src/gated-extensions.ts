import type { Extension as MdastExtension } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTaskListItemFromMarkdown } from 'mdast-util-gfm-task-list-item';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item';
import type { Construct, Extension } from 'micromark-util-types';

/** The extensions a text needs, in the order in which the complete GFM bundle has them. */
export interface GatedExtensions {
  readonly extensions: Extension[];
  readonly mdastExtensions: MdastExtension[];
}

/** What a text can contain. A feature that is wrongly on costs time; one that is wrongly off loses nodes. */
interface Features {
  /** Where an e-mail address can start: the character codes of those places. Empty: there is none. */
  readonly emailStarts: ReadonlySet<number>;
  readonly protocol: boolean;
  readonly www: boolean;
  readonly literalsInText: boolean;
  readonly footnote: boolean;
  readonly strikethrough: boolean;
  readonly table: boolean;
  readonly taskList: boolean;
  readonly frontMatter: boolean;
}

/*
 * Each pattern accepts every text in which its construct can occur, and others. It may accept too much, never too
 * little: tests/gated-extensions.test.ts compares the trees with those of the complete parser.
 */

/**
 * A line that can be the delimiter row of a table. It has a `-` and, since a lone `---` is no table, a `|` or `:`.
 * Before it only what continues containers already open (`>` and indentation): the row cannot be lazy, nor open one.
 */
const delimiterRow = /^[ \t>]*(?=[|:-])(?=[|:\- \t]*[|:])(?=[|: \t]*-)[|:\- \t]+$/m;

/** `[x]`, `[ ]`, where the blank may be a line end followed by the prefix of its container. */
const taskMark = /\[(?:[ \txX]|(?:\r\n|\r|\n)[ \t>]*)\]/;

const protocolLiteral = /https?:\/\//i;
const wwwLiteral = /www\./i;

/**
 * Links are also found in the text of the finished tree, where escapes and character references are decoded. These
 * are all the spellings of `@`, `:`, `/` and `.`; no named reference stands for one of the letters needed.
 */
const encodedLiteral = /\\[@:/.]|&(?:#|(?:commat|colon|sol|period);)/;

function featuresOf(text: string): Features {
  const emailStarts = findEmailStarts(text);
  const protocol = protocolLiteral.test(text);
  const www = wwwLiteral.test(text);
  return {
    emailStarts,
    protocol,
    www,
    literalsInText: protocol || www || text.includes('@') || encodedLiteral.test(text),
    // A call is a footnote only where a definition `[^label]:` was seen.
    footnote: text.includes('[^') && text.includes(']:'),
    strikethrough: text.includes('~'),
    table: delimiterRow.test(text),
    taskList: taskMark.test(text),
    // Only at the very start; the parser drops a byte order mark before it looks.
    frontMatter: text.startsWith('---', text.startsWith('\u{feff}') ? 1 : 0),
  };
}

/** What the part of an address before `@` is made of; without the `u` flag `\w` is ASCII, as in the construct. */
const addressCharacter = /[+\-.\w]/;

/**
 * The construct for addresses would be tried at every letter. But it only begins where no address character
 * precedes, so the first character of each run before an `@` is where it can succeed.
 */
function findEmailStarts(text: string): ReadonlySet<number> {
  const codes = new Set<number>();
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    let from = at;
    while (from > 0 && addressCharacter.test(text.charAt(from - 1))) from -= 1;
    if (from < at) codes.add(text.charCodeAt(from));
  }
  return codes;
}

const literalConstructs = Object.entries(gfmAutolinkLiteral().text ?? {});

/** The constructs for literal links, only for the features there are. Their order per character is kept. */
function literalLinks(features: Features): Extension {
  const isNeeded = (code: number) => (construct: Construct) => {
    if (construct.name === 'emailAutolink') return features.emailStarts.has(code);
    if (construct.name === 'protocolAutolink') return features.protocol;
    if (construct.name === 'wwwAutolink') return features.www;
    return true;
  };
  const text: Record<number, Construct[]> = {};
  for (const [key, value] of literalConstructs) {
    const needed = [value ?? []].flat().filter(isNeeded(Number(key)));
    if (needed.length > 0) text[Number(key)] = needed;
  }
  return { text };
}

type TreeNode = Parameters<NonNullable<MdastExtension['transforms']>[number]>[0] | TreeChild;
type TreeChild = { readonly type: string; readonly value?: string; readonly children?: readonly TreeChild[] };

const literalInText = /https?:\/\/|www\.|@/i;

/** Whether some text outside links holds what every pattern of the transform needs. Looking is cheaper than trying. */
function mayHoldLiterals(node: TreeNode): boolean {
  if (node.type === 'text') return 'value' in node && literalInText.test(node.value ?? '');
  if (node.type === 'link' || node.type === 'linkReference') return false;
  return 'children' in node && (node.children as readonly TreeChild[]).some(mayHoldLiterals);
}

function literalLinksFromMarkdown(): MdastExtension {
  const complete = gfmAutolinkLiteralFromMarkdown();
  return {
    ...complete,
    transforms: (complete.transforms ?? []).map(
      (transform) => (tree) => (mayHoldLiterals(tree) ? transform(tree) : undefined),
    ),
  };
}

function extensionsFor(features: Features): GatedExtensions {
  const extensions: Extension[] = [];
  const mdastExtensions: MdastExtension[] = [];
  const add = (syntax: Extension | undefined, tree: MdastExtension) => {
    if (syntax !== undefined) extensions.push(syntax);
    mdastExtensions.push(tree);
  };
  if (features.literalsInText) {
    const inSource = features.protocol || features.www || features.emailStarts.size > 0;
    add(inSource ? literalLinks(features) : undefined, literalLinksFromMarkdown());
  }
  if (features.footnote) add(gfmFootnote(), gfmFootnoteFromMarkdown());
  if (features.strikethrough) add(gfmStrikethrough(), gfmStrikethroughFromMarkdown());
  if (features.table) add(gfmTable(), gfmTableFromMarkdown());
  if (features.taskList) add(gfmTaskListItem(), gfmTaskListItemFromMarkdown());
  if (features.frontMatter) add(frontmatter('yaml'), frontmatterFromMarkdown('yaml'));
  return { extensions, mdastExtensions };
}

/**
 * The GFM and front matter extensions that can make a difference to this text. Parsed with them, a text gives
 * exactly the tree that all extensions give; without those it does not need it is parsed about twice as fast,
 * because each of them is tried at every character that could begin it. Cost: a few passes over the text.
 */
export function gatedExtensions(text: string): GatedExtensions {
  return extensionsFor(featuresOf(text));
}
