import { Invalid } from '@markitect/domain';

/** How an `Accept` header takes one type: its weight, 0 to 1, and how exactly it names it, 0 (a wildcard) to 2. */
interface Acceptance {
  readonly weight: number;
  readonly exactness: number;
}

/**
 * Which of the types an `Accept` header wants most (RFC 9110 §12.5.1); of several, the one it names more exactly, then
 * the first. Without a header the first. Throws Invalid `MEDIA_TYPE_NOT_ACCEPTABLE` when it takes none of them.
 */
export function acceptedType<T extends string>(accept: string | undefined, types: readonly [T, ...T[]]): T {
  const [first] = types;
  if (accept === undefined || accept.trim() === '') return first;
  const ranges = parseAccept(accept);
  const [best] = types
    .map((type) => ({ type, ...acceptanceOf(type, ranges) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || b.exactness - a.exactness);
  if (best !== undefined) return best.type;
  throw new Invalid('MEDIA_TYPE_NOT_ACCEPTABLE', `the answer can be ${types.join(' or ')}`, {
    details: { field: 'header.accept', types: [...types] },
  });
}

function parseAccept(accept: string): ReadonlyMap<string, number> {
  return new Map(
    accept
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [range = '', ...parameters] = part.split(';').map((item) => item.trim());
        const quality = parameters.find((parameter) => parameter.startsWith('q='));
        return [range, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
      }),
  );
}

/** The most exact range that matches decides. */
function acceptanceOf(type: string, ranges: ReadonlyMap<string, number>): Acceptance {
  const candidates = [type, `${type.split('/', 1)[0] ?? ''}/*`, '*/*'];
  const index = candidates.findIndex((range) => ranges.has(range));
  const weight = index < 0 ? 0 : (ranges.get(candidates[index] ?? '') ?? 0);
  return { weight, exactness: 2 - index };
}
