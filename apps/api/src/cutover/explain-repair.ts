import { type CutoverRepair, type CutoverState, isMirrored, otherSide, primaryOf } from '@markitect/domain';

/** Somebody who takes so long is slow or dead, in milliseconds. */
export const SLOW_MS = 10_000;

/** What a repair means, why it is there and what becomes of it, in sentences. */
export function explainRepair(
  repair: CutoverRepair,
  state: CutoverState | undefined,
  now: number,
): readonly string[] {
  const { component, key, source, status, failure, retryAt } = repair;
  const target = otherSide(source);
  const retry = `\`markitect cutover repairs retry ${component}\``;
  const sentences = [`What ${source} has under ${key} is right; ${target} may not have it yet.`];
  if (failure !== undefined) sentences.push(`${lastAttempt(repair)}: ${failure.message} (${failure.code}).`);
  if (status === 'in-flight') {
    sentences.push(
      whoIsAtIt(repair, now),
      `If that process has died, others take over about 5 s after it fell silent, while a server or \`markitect cutover watch\` runs; else ${retry} does it.`,
    );
    return sentences;
  }
  if (failure === undefined)
    sentences.push('A process has ended while it wrote the key, or the key was left to others.');
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
      : `It is tried again at ${retryAt}, while a server or \`markitect cutover watch\` runs; at once by ${retry}.`,
    'Copying puts the whole state of the key there, as it is then: doing it twice does no harm.',
  );
  return sentences;
}

function lastAttempt({ attempts }: CutoverRepair): string {
  return attempts === 1 ? 'The only attempt has failed' : `The last of ${attempts} attempts has failed`;
}

function whoIsAtIt({ process, createdAt }: CutoverRepair, now: number): string {
  const who = process === undefined ? 'A process' : `Process ${process}`;
  const age = now - Date.parse(createdAt);
  return age < SLOW_MS
    ? `${who} is at it, since ${createdAt}.`
    : `${who} is at it; the key is marked since ${createdAt}, for ${Math.floor(age / 1000)} s: the process is slow, or has died.`;
}
