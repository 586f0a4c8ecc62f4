import type { FoundResult, ScrapingProblem } from '@markitect/domain';

/** Longer ones are nobody's. */
const MAX_REFERENCE = 4096;
const MAX_TITLE = 500;
const MAX_SNIPPET = 2000;
const MAX_MESSAGE = 1000;

/** What a scraper has found, in the form in which anybody can store and show it, whatever the source was like. */
export function tidyResult(result: FoundResult): FoundResult {
  const { reference, title, snippet, location, score, fingerprint } = result;
  return {
    reference: cut(oneLine(reference), MAX_REFERENCE),
    title: cut(oneLine(title), MAX_TITLE) || cut(oneLine(reference), MAX_TITLE),
    snippet: cut(oneLine(snippet), MAX_SNIPPET),
    location: cut(oneLine(location), MAX_REFERENCE),
    score: Number.isFinite(score) ? score : 0,
    fingerprint,
  };
}

export function tidyProblem({ reference, code, message }: ScrapingProblem): ScrapingProblem {
  return {
    reference: cut(oneLine(reference), MAX_REFERENCE),
    code,
    message: cut(oneLine(message), MAX_MESSAGE),
  };
}

// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const blanks = /[\s\u0000-\u001f\u007f-\u009f]+/gu;

/** Runs of blanks, line ends and controls as one blank; halves of surrogate pairs replaced. */
function oneLine(text: string): string {
  return text.toWellFormed().replace(blanks, ' ').trim();
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
