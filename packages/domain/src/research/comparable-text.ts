const wordPattern = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * A text by which two texts are seen to say the same, whatever their markup, their case and what stands between their
 * words. Fingerprints of results are hashes of it.
 */
export function comparableText(text: string): string {
  return (text.normalize('NFKC').toLowerCase().match(wordPattern) ?? []).join(' ');
}
