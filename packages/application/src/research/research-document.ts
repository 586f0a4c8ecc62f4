import { formatResearchSource, type ScrapingJob, type SearchResult } from '@markitect/domain';
import type { ResearchStatus } from './research-status.js';

/**
 * A research and its results as a Markdown document with front matter. The same research gives the same text. What was
 * found is text of strangers: nothing in it is taken for Markdown or HTML. `path`: the document it becomes, for links to
 * other documents.
 */
export async function* researchDocument(
  { search, jobs }: ResearchStatus,
  results: AsyncIterable<SearchResult>,
  path = '',
): AsyncGenerator<string> {
  const { id, question, createdAt, finishedAt } = search;
  const sources = search.sources.map(formatResearchSource);
  const at = finishedAt ?? createdAt;
  yield [
    '---',
    `title: ${yaml(question)}`,
    'tags: [research]',
    `research: ${id}`,
    `sources: [${sources.map(yaml).join(', ')}]`,
    `finished: ${yaml(at)}`,
    '---',
    '',
    `# ${markdown(question)}`,
    '',
    `Asked of ${sources.map(code).join(', ')} on ${at.slice(0, 10)}.`,
    '',
    '## Results',
    '',
  ].join('\n');
  let count = 0;
  for await (const result of results) {
    count += 1;
    yield item(result, result.rank ?? count, path);
  }
  if (count === 0) yield '\nNothing was found.\n';
  const problems = jobs.flatMap(problemLines);
  if (problems.length > 0) yield ['', '## What could not be had', '', ...problems, ''].join('\n');
}

function item(
  { title, location, reference, source, snippet }: SearchResult,
  rank: number,
  path: string,
): string {
  const mark = `${rank}.`;
  const indent = ' '.repeat(mark.length + 1);
  const link = linkTo(reference, location, path);
  const name =
    link === undefined ? `**${markdown(title)}** (${markdown(location)})` : `[${markdown(title)}](${link})`;
  return [
    '',
    `${mark} ${name}, from ${code(source)}`,
    ...(snippet === '' ? [] : ['', `${indent}> ${markdown(snippet)}`]),
    '',
  ].join('\n');
}

function problemLines({ source, failure, problems, problemCount }: ScrapingJob): readonly string[] {
  const name = code(formatResearchSource(source));
  return [
    ...(failure === undefined ? [] : [`- ${name}: ${markdown(failure.message)} (${failure.code})`]),
    ...problems.map(
      ({ reference, message, code: reason }) => `- ${markdown(reference)}: ${markdown(message)} (${reason})`,
    ),
    ...(problemCount > problems.length ? [`- ${name}: ${problemCount - problems.length} more`] : []),
  ];
}

/** The target of a link, where people can follow one. */
function linkTo(reference: string, location: string, path: string): string | undefined {
  if (reference.startsWith('docs:')) {
    const up = '../'.repeat(path.split('/').length - 1);
    return `<${encodeTarget(`${up}${reference.slice('docs:'.length)}`)}>`;
  }
  if (!/^https?:\/\//i.test(location) || !URL.canParse(location)) return undefined;
  return `<${encodeTarget(new URL(location).href)}>`;
}

/** Within `<` and `>` only these could end the target or be read as something else. */
function encodeTarget(target: string): string {
  return target.replace(/[<>\\&\s]/gu, (character) =>
    character === '&' ? '&amp;' : encodeURIComponent(character),
  );
}

/**
 * A text as Markdown that shows exactly this. Some readers make links of addresses in texts, escaped or not: those lead
 * where they say.
 */
function markdown(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/[\\`*_{}[\]()<>#|~!&$@:]/g, String.raw`\$&`)
    .replace(/^[-+=]/, String.raw`\$&`)
    .replace(/^(\d+)\./, String.raw`$1\.`)
    .replace(/www\./gi, (match) => match.replace('.', String.raw`\.`));
}

/** A text as a code span. */
function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** A text as a scalar of YAML: JSON is one, but for characters that YAML does not print. */
function yaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
