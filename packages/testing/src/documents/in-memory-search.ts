import type { DocumentDraft, SearchTerm, SnippetPart } from '@markitect/domain';

interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

const SNIPPET_TOKENS = 10;

/**
 * How well a document answers a search, and a piece of its text; `undefined` when it does not answer. A word in the
 * title counts ten times one in the text, a word in a heading four times.
 */
export function searchDocument(
  draft: Pick<DocumentDraft, 'title' | 'headings' | 'text'>,
  terms: readonly SearchTerm[],
  match: 'all' | 'any' = 'all',
): { score: number; snippet: SnippetPart[] } | undefined {
  const text = tokensOf(draft.text);
  const fields = [
    { tokens: tokensOf(draft.title), weight: 10 },
    ...draft.headings.map((heading) => ({ tokens: tokensOf(heading.text), weight: 4 })),
    { tokens: text, weight: 1 },
  ];
  let score = 0;
  for (const term of terms) {
    const found = fields.reduce((sum, field) => sum + field.weight * places(field.tokens, term).length, 0);
    if (found > 0 ? term.excluded : !term.excluded && match === 'all') return undefined;
    score += found;
  }
  if (match === 'any' && score === 0) return undefined;
  return { score, snippet: snippetOf(draft.text, text, terms) };
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)].map((match) => ({
    word: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The indexes of the tokens at which a term begins. */
function places(tokens: readonly Token[], term: SearchTerm): number[] {
  const words = term.words.map((word) => word.toLowerCase());
  if (words.length === 0) return [];
  return tokens.flatMap((_, at) =>
    words.every((word, index) => {
      const found = tokens[at + index]?.word;
      return term.prefix && index === words.length - 1 ? found?.startsWith(word) : found === word;
    })
      ? [at]
      : [],
  );
}

function snippetOf(text: string, tokens: readonly Token[], terms: readonly SearchTerm[]): SnippetPart[] {
  const matched = new Set(
    terms
      .filter((term) => !term.excluded)
      .flatMap((term) => places(tokens, term).flatMap((at) => term.words.map((_, index) => at + index))),
  );
  const first = Math.max(0, Math.min(...matched, tokens.length) - 3);
  const shown = tokens.slice(matched.size === 0 ? 0 : first).slice(0, SNIPPET_TOKENS);
  const parts: SnippetPart[] = [];
  let end = shown[0]?.start ?? 0;
  for (const token of shown) {
    if (token.start > end) parts.push({ text: text.slice(end, token.start), match: false });
    parts.push({ text: text.slice(token.start, token.end), match: matched.has(tokens.indexOf(token)) });
    end = token.end;
  }
  return parts;
}
