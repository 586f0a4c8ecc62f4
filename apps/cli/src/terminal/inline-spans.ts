import type { MarkdownNode } from '@markitect/domain';
import { printableText } from './printable.js';
import type { Style } from './terminal.js';
import type { Span } from './wrap.js';

type Paint = (text: string) => string;

/** What inline nodes may refer to. */
export interface Definitions {
  /** The address of a reference such as `[text][label]`, by the label as mdast identifies it. */
  readonly urls: ReadonlyMap<string, string>;
}

/**
 * The inline content of a node as painted spans: emphasis, code, links with their address behind them. Soft line
 * ends become blanks, hard ones line feeds.
 */
export function inlineSpans(
  nodes: readonly MarkdownNode[],
  style: Style,
  definitions: Definitions,
): readonly Span[] {
  const walk = (node: MarkdownNode, paint: Paint | undefined): readonly Span[] => {
    const inside = (more: Paint) => (node.children ?? []).flatMap((child) => walk(child, both(paint, more)));
    const plain = (text: string, more?: Paint): readonly Span[] => {
      const combined = more === undefined ? paint : both(paint, more);
      return [{ text: printableText(text).replace(/\s+/gu, ' '), ...(combined && { paint: combined }) }];
    };
    switch (node.type) {
      case 'emphasis':
        return inside(style.italic);
      case 'strong':
        return inside(style.bold);
      case 'delete':
        return inside(style.strikethrough);
      case 'inlineCode':
        // Without colour only the marks tell code from text.
        return style.isColorSupported
          ? plain(node.value ?? '', style.yellow)
          : plain(`\`${node.value ?? ''}\``);
      case 'break':
        return [{ text: '\n' }];
      case 'link':
        return withAddress(inside(style.underline), text(node, 'url'));
      case 'linkReference':
        return withAddress(inside(style.underline), definitions.urls.get(text(node, 'identifier')) ?? '');
      case 'image':
        return image(node, text(node, 'url'));
      case 'imageReference':
        return image(node, definitions.urls.get(text(node, 'identifier')) ?? '');
      case 'footnoteReference':
        return plain(`[${text(node, 'label') || text(node, 'identifier')}]`, style.cyan);
      case 'html':
        // Tags say nothing on a terminal; `<br>` is the one that has a meaning here.
        return /^<br\s*\/?>$/i.test(node.value ?? '') ? [{ text: '\n' }] : [];
      default:
        return node.children === undefined
          ? plain(node.value ?? '')
          : node.children.flatMap((child) => walk(child, paint));
    }

    function image(of: MarkdownNode, url: string): readonly Span[] {
      return withAddress(plain(`[image: ${text(of, 'alt') || 'without description'}]`, style.magenta), url);
    }
  };
  const withAddress = (spans: readonly Span[], url: string): readonly Span[] => {
    const address = printableText(url).replace(/\s+/gu, ' ');
    const shown = spans.map((span) => span.text).join('');
    // An address inside the document, or one that is its own text, needs no repetition.
    if (address === '' || address.startsWith('#') || shown === address || `mailto:${shown}` === address)
      return spans;
    return [...spans, { text: ` (${address})`, paint: style.blue }];
  };
  return nodes.flatMap((node) => walk(node, undefined));
}

function both(outer: Paint | undefined, inner: Paint): Paint {
  return outer === undefined ? inner : (text) => outer(inner(text));
}

function text(node: MarkdownNode, field: string): string {
  const value = node[field];
  return typeof value === 'string' ? value : '';
}
