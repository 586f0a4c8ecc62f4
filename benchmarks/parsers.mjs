// `npm run bench -- parsers <corpus>`: the figures behind docs/adr/0003-markdown-parser.md, on one thread.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { FsDocumentSource } from '@markitect/adapter-fs';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';

const built = (name) =>
  import(new URL(`../packages/adapters/markdown/dist/${name}.js`, import.meta.url).href);
const ROUNDS = 3;

/** Prints MB of Markdown per second for each way to parse, and the share of parsing that each encoding costs. */
export async function run(args) {
  if (args[0] === undefined) {
    console.error('usage: npm run bench -- parsers <folder of Markdown files>');
    process.exitCode = 2;
    return;
  }
  const corpus = resolve(args[0]);
  const texts = [];
  for await (const file of new FsDocumentSource().walk({ inputs: [corpus], base: corpus })) {
    texts.push(await readFile(file.source, 'utf8'));
  }
  const { parseTree } = await built('parse-markdown');
  const { encodeTree, decodeTree } = await built('encoded-tree');
  const complete = {
    extensions: [gfm(), frontmatter()],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown()],
  };
  const trees = texts.map(parseTree);
  const json = trees.map((tree) => Buffer.from(JSON.stringify(tree)));
  const jsonGzip = json.map(gzip);
  const encoded = trees.map((tree) => encodeTree(tree));

  const seconds = await interleaved({
    'parse: all of GFM': () => texts.forEach((text) => fromMarkdown(text, complete)),
    'parse: what the text needs': () => texts.forEach(parseTree),
    'parse: CommonMark only': () => texts.forEach((text) => fromMarkdown(text)),
    'encode: JSON': () => trees.forEach((tree) => JSON.stringify(tree)),
    'encode: JSON, gzip': () => trees.forEach((tree) => gzip(JSON.stringify(tree))),
    'encode: positions apart, gzip': () => trees.forEach((tree) => encodeTree(tree)),
    'decode: JSON, gzip': () => jsonGzip.forEach((bytes) => JSON.parse(gunzipSync(bytes).toString())),
    'decode: positions apart, gzip': async () => {
      for (const bytes of encoded) await decodeTree(bytes);
    },
  });
  const size = (all) => all.reduce((sum, bytes) => sum + bytes.length, 0);
  const megabytes = size(texts.map((text) => Buffer.from(text))) / 1e6;
  console.log(`Node ${process.versions.node}, ${texts.length} texts, ${megabytes.toFixed(2)} MB, one thread`);
  for (const [name, time] of Object.entries(seconds)) {
    const share = (100 * time) / seconds['parse: what the text needs'];
    console.log(
      `${name.padEnd(32)}${(megabytes / time).toFixed(2).padStart(8)} MB/s${share.toFixed(1).padStart(8)} %`,
    );
  }
  for (const [name, all] of Object.entries({
    JSON: json,
    'JSON, gzip': jsonGzip,
    'positions apart, gzip': encoded,
  })) {
    console.log(
      `size: ${name.padEnd(26)}${(size(all) / 1e6 / megabytes).toFixed(2).padStart(8)} bytes per byte of text`,
    );
  }
}

function gzip(json) {
  return gzipSync(json, { level: constants.Z_BEST_SPEED });
}

/** The median time of each piece of work over rounds in which all take turns, in seconds; the first is for warming. */
async function interleaved(work) {
  const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, task] of Object.entries(work)) {
      const started = performance.now();
      await task();
      if (round > 0) times[name].push((performance.now() - started) / 1000);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => [name, all.toSorted((a, b) => a - b)[ROUNDS >> 1]]),
  );
}
