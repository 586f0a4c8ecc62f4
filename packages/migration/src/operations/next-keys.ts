import type { CutoverSide } from '@markitect/domain';
import { compareCodePoints, type ReplicaStore } from '@markitect/ports';

/** The next keys of both sides together, in order: as far as both have told of theirs, at most twice the limit. */
export async function nextKeys(
  replicas: Readonly<Record<CutoverSide, ReplicaStore>>,
  after: string | undefined,
  limit: number,
): Promise<{ readonly keys: readonly string[]; readonly isLast: boolean }> {
  const [legacy, modern] = await Promise.all([
    replicas.legacy.keys(after, limit),
    replicas.modern.keys(after, limit),
  ]);
  const ends = [legacy, modern].flatMap((keys) => (keys.length < limit ? [] : [keys.at(-1) ?? '']));
  const end = ends.sort(compareCodePoints)[0];
  const keys = [...new Set([...legacy, ...modern])]
    .filter((key) => end === undefined || compareCodePoints(key, end) <= 0)
    .sort(compareCodePoints);
  return { keys, isLast: end === undefined };
}
