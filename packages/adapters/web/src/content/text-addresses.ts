/** An address that is a whole line, or a whole cell of a line, quoted or not. */
const linePattern = /^https?:\/\/\S+$/i;
const cellPattern = /(?:^|[,;\t])\s*(?:"(https?:\/\/[^"\s]+)"|(https?:\/\/[^",;\s]+))\s*(?=[,;\t]|$)/i;

/**
 * The addresses of a list: one in each line, or in one cell of each line of a CSV. Empty lines and those that begin with
 * `#` count for nothing. `undefined`: it is no list, because most of its lines have none.
 */
export function readTextAddresses(text: string, isCsv: boolean): readonly string[] | undefined {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const addresses = lines.map((line) => addressOf(line, isCsv)).filter((address) => address !== undefined);
  // The first line of a CSV may name its columns.
  return addresses.length > 0 && addresses.length * 2 >= lines.length - 1 ? addresses : undefined;
}

/** Lines longer than this are no addresses. */
const MAX_LINE = 8192;

function addressOf(line: string, isCsv: boolean): string | undefined {
  if (line.length > MAX_LINE) return undefined;
  // Outside of a CSV commas and semicolons belong to the address.
  if (!isCsv && linePattern.test(line)) return line;
  const cell = cellPattern.exec(line);
  return cell?.[1] ?? cell?.[2];
}
