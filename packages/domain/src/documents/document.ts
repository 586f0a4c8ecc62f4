import type { DocumentPath } from './document-path.js';
import type { LinkTarget } from './link-target.js';
import type { JsonObject } from '../json.js';
import type { Timestamp } from '../timestamp.js';

declare const contentHash: unique symbol;

/** The SHA-256 of a document's bytes, as 64 lower-case hexadecimal digits. */
export type ContentHash = string & { readonly [contentHash]: true };

/** A heading of a document, in reading order. */
export interface Heading {
  /** 1 to 6. */
  readonly depth: number;
  readonly text: string;
  /** The fragment that links to it, unique within the document. */
  readonly slug: string;
  /** Counted from 1. */
  readonly line: number;
}

/** A link or image of a document, in reading order. */
export interface DocumentLink {
  /** As written: `../start.md#install`, `https://…`. */
  readonly href: string;
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  readonly target: LinkTarget;
}

/** What a listing says of a document. */
export interface DocumentSummary {
  readonly path: DocumentPath;
  readonly title: string;
  readonly tags: readonly string[];
  readonly hash: ContentHash;
  /** The size of the content in bytes. */
  readonly bytes: number;
  /** Counts the changes of the document, from 1. */
  readonly revision: number;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** The absolute path of the file it was read from; absent for a document written through the API. */
  readonly source?: string;
}

/** A stored document. */
export interface Document extends DocumentSummary {
  /** The Markdown as written, front matter included, without a byte order mark. */
  readonly content: string;
  readonly frontMatter: JsonObject;
  readonly headings: readonly Heading[];
}

/** A document on its way into the store: everything derived from the content is already in it. */
export interface DocumentDraft {
  readonly path: DocumentPath;
  readonly title: string;
  readonly tags: readonly string[];
  readonly hash: ContentHash;
  readonly bytes: number;
  readonly content: string;
  readonly frontMatter: JsonObject;
  readonly headings: readonly Heading[];
  /** Fragments that can be linked to besides the headings' slugs: ids written in HTML. */
  readonly anchors: readonly string[];
  readonly links: readonly DocumentLink[];
  /** The words of the document without markup: what a search looks through. */
  readonly text: string;
  readonly source?: string;
  readonly savedAt: Timestamp;
}
