import type { RecordService } from '@markitect/application';
import { Conflict, isMarkitectError, type StoredRecord } from '@markitect/domain';
import type { FastifyReply } from 'fastify';
import { conditionally, etagHeader, writePrecondition } from './entity-tags.js';

/**
 * Names a state of a record: its version alone would come back when the record was removed and stored again.
 */
export function recordTag({ version, updatedAt }: StoredRecord): string {
  return `${version}-${Date.parse(updatedAt).toString(36)}`;
}

/** Names the state of a record in the answer's `ETag`. */
export function tagRecord(reply: FastifyReply, record: StoredRecord): void {
  void reply.header('etag', etagHeader(recordTag(record)));
}

/**
 * Runs a write only of the state that `If-Match` and `If-None-Match` ask for. The write compares the version itself, so
 * that nothing comes between. Throws Conflict `PRECONDITION_FAILED` with the present version in `details.version` (0:
 * there is none), Invalid `REQUEST_INVALID`.
 */
export async function onRecord<T>(
  records: Pick<RecordService, 'find'>,
  key: string,
  headers: Parameters<typeof writePrecondition>[0],
  write: (expected?: number) => Promise<T>,
): Promise<T> {
  const expected = writePrecondition(headers);
  if (expected === undefined) return write();
  if (expected === 'absent') return conditionally(write(0));
  for (;;) {
    const found = await records.find(key);
    if (found === undefined || (expected !== 'present' && !expected.tags.includes(recordTag(found)))) {
      const version = found?.version ?? 0;
      throw new Conflict(
        'PRECONDITION_FAILED',
        version === 0
          ? `there is no ${key}`
          : `${key} is not in the state named: it is at version ${version}`,
        { details: { key, version } },
      );
    }
    try {
      return await write(found.version);
    } catch (error) {
      // Changed in between: of `*` that is no obstacle, and of a tag the next look will say so.
      if (!isMarkitectError(error) || error.code !== 'RECORD_CHANGED') throw error;
    }
  }
}
