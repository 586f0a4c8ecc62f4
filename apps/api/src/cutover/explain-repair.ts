import { type CutoverRepair, type CutoverState, isMirrored, otherSide, primaryOf } from '@markitect/domain';

/** What a repair means, why it is there and what becomes of it, in sentences. */
export function explainRepair(repair: CutoverRepair, state: CutoverState | undefined): readonly string[] {
  const { key, source, status, attempts, failure, retryAt } = repair;
  const target = otherSide(source);
  const sentences = [
    `What ${source} has under ${key} is right; ${target} may not have it yet.`,
    ...(status === 'in-flight'
      ? [`A process is at it now. If it has died, others take over a few seconds later.`]
      : []),
    ...(failure === undefined
      ? status === 'pending'
        ? ['A process has ended while it wrote the key, or the key was left to others.']
        : []
      : [`The last of ${attempts} attempts has failed: ${failure.message} (${failure.code}).`]),
  ];
  if (status === 'in-flight') return sentences;
  if (state !== undefined && source !== primaryOf(state.stage)) {
    sentences.push(
      `${source} answered before the stage was changed: until it is copied, this key is still read from there.`,
    );
  } else if (state !== undefined && !isMirrored(state.stage)) {
    sentences.push(`In stage ${state.stage} nothing is copied: it ends by itself.`);
  }
  sentences.push(
    retryAt === undefined
      ? 'It is copied as soon as a server or `markitect cutover watch` runs.'
      : `It is tried again at ${retryAt}, while a server or \`markitect cutover watch\` runs; at once by \`markitect cutover repairs retry\`.`,
    'Copying puts the whole state of the key there, as it is then: doing it twice does no harm.',
  );
  return sentences;
}
