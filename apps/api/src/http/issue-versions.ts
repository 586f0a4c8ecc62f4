import { createHash } from 'node:crypto';
import type { IssueService } from '@markitect/application';
import { Conflict, type Issue, type IssueNumber } from '@markitect/domain';
import type { FastifyReply } from 'fastify';
import { conditionally, etagHeader, matchPrecondition } from './entity-tags.js';

/** Names the version of an issue in the answer's `ETag`. */
export function tagIssue(reply: FastifyReply, { version }: Pick<Issue, 'version'>): void {
  void reply.header('etag', etagHeader(version));
}

/**
 * The tag of an issue with all that belongs to it: its version, and a hash of what is sent, which changes with comments,
 * documents and the like. As `If-Match` it stands for the version.
 */
export function detailsTag({ version }: Pick<Issue, 'version'>, sent: object): string {
  const hash = createHash('sha256').update(JSON.stringify(sent)).digest('hex');
  return `${version}~${hash.slice(0, HASH_LENGTH)}`;
}

const HASH_LENGTH = 16;
const detailsHash = new RegExp(`~[0-9a-f]{${HASH_LENGTH}}$`);

function versionOf(tag: string): string {
  return tag.replace(detailsHash, '');
}

/**
 * Runs a write only of the version that `If-Match` names. The write compares it itself, so that nothing comes between;
 * only of several tags is the present one looked up before. Throws Conflict `PRECONDITION_FAILED` with the present version
 * in `details.version`, Invalid `REQUEST_INVALID`.
 */
export async function onVersion<T>(
  issues: Pick<IssueService, 'get'>,
  number: IssueNumber,
  ifMatch: string | undefined,
  write: (version?: string) => Promise<T>,
): Promise<T> {
  if (ifMatch === undefined) return write();
  const expected = matchPrecondition(ifMatch);
  if (expected === 'present') return write();
  const versions = expected.tags.map(versionOf);
  const [only, ...others] = versions;
  if (only !== undefined && others.length === 0) return conditionally(write(only));
  const { value } = await issues.get(number, { maxAgeMs: 0 });
  if (versions.includes(value.version)) return conditionally(write(value.version));
  throw new Conflict('PRECONDITION_FAILED', `issue #${number} was changed in the meantime`, {
    details: { number, version: value.version },
  });
}
