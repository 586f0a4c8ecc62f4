import { describe } from '@jest/globals';
import type { DocumentContractOptions, OpenRepository } from './repository-contract/contract-section.js';
import { describeConcurrency } from './repository-contract/concurrency.js';
import { describeLinks } from './repository-contract/links.js';
import { describeListing } from './repository-contract/listing.js';
import { describePaging } from './repository-contract/paging.js';
import { describePrefixes } from './repository-contract/prefixes.js';
import { describeReading } from './repository-contract/reading.js';
import { describeRemoving } from './repository-contract/removing.js';
import { describeSaving } from './repository-contract/saving.js';
import { describeSearch } from './repository-contract/search.js';
import { describeSources } from './repository-contract/sources.js';

/**
 * What every DocumentRepository promises, whatever it stores documents in. `open` gives a new, empty repository for
 * each test, initialized and ready for use.
 */
export function describeDocumentRepositoryContract(
  name: string,
  open: OpenRepository,
  options: DocumentContractOptions = {},
): void {
  describe(`${name} keeps the DocumentRepository contract`, () => {
    describeReading(open, options);
    describeSaving(open, options);
    describeRemoving(open);
    describeConcurrency(open);
    describeListing(open, options);
    describePrefixes(open, options);
    describePaging(open);
    describeSearch(open);
    describeLinks(open);
    describeSources(open);
  });
}
