import { describe, expect, it } from '@jest/globals';
import type { DocumentSummary, WorkspaceManifest } from '@markitect/domain';
import type { Transaction } from '@markitect/ports';
import { gathered } from '../../gathered.js';
import { markitectFailure } from '../../markitect-failure.js';
import { describeStreaming, type Streamed } from '../../streaming.contract.js';
import { workspaceManifest } from '../../workspaces/workspace-manifest.js';
import { draft, type OpenUnitOfWork, unitOfWorkTests } from './contract-section.js';

/** Sequences as part of a unit of work, which they see as it is, page by page. */
export function describeSequences(open: OpenUnitOfWork): void {
  const test = unitOfWorkTests(open);
  const inside = (body: (transaction: Transaction) => Promise<void>) =>
    test(({ unitOfWork }) => unitOfWork.run(body));

  describe('inside a unit of work', () => {
    describeStreaming('documents', inside, ({ documents }): Streamed<DocumentSummary> => ({
      add: (names) => documents.saveMany(names.map((name) => draft(name))),
      stream: () => documents.stream({}),
      nameOf: ({ path }) => path.slice(0, -'.md'.length),
    }));

    describeStreaming('workspaces', inside, ({ workspaces }): Streamed<WorkspaceManifest> => ({
      add: (names) => Promise.all(names.map((slug) => workspaces.save(workspaceManifest({ slug }), 0))),
      stream: () => workspaces.stream({}),
      nameOf: ({ slug }) => slug,
    }));

    it(
      'no sequence goes on when it is over',
      test(async ({ unitOfWork }) => {
        const { documents, workspaces } = await unitOfWork.run((tx) => Promise.resolve(tx));
        for (const late of [() => gathered(documents.stream({})), () => gathered(workspaces.stream({}))]) {
          expect((await markitectFailure(late)).code).toBe('TRANSACTION_FINISHED');
        }
      }),
    );
  });
}
