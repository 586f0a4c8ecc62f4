import type { MarkdownNode } from '@markitect/domain';
import { FakeMarkdownParser, InMemoryAstStore, InMemoryCache, InMemoryUnitOfWork } from '@markitect/testing';

/** The ports of a service, in memory. */
export function inMemoryPorts() {
  const unitOfWork = new InMemoryUnitOfWork();
  return {
    unitOfWork,
    documents: unitOfWork.documents,
    parser: new FakeMarkdownParser(),
    trees: new InMemoryAstStore(),
    cache: new InMemoryCache<MarkdownNode>(),
  };
}

export const noon = new Date('2026-01-01T12:00:00.000Z');
