import type { MarkdownNode } from '@markitect/domain';
import {
  FakeMarkdownParser,
  InMemoryAstStore,
  InMemoryCache,
  InMemoryDocumentRepository,
} from '@markitect/testing';

/** The ports of a service, in memory. */
export function inMemoryPorts() {
  return {
    documents: new InMemoryDocumentRepository(),
    parser: new FakeMarkdownParser(),
    trees: new InMemoryAstStore(),
    cache: new InMemoryCache<MarkdownNode>(),
  };
}

export const noon = new Date('2026-01-01T12:00:00.000Z');
