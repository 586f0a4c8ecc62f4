/**
 * One line of a CSV (RFC 4180), its line end included. A text that a spreadsheet would run as a formula gets an
 * apostrophe before it, as OWASP's "CSV Injection" page advises: what scrapers find is written by strangers.
 */
export function csvRow(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | undefined): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const harmless = /^\s*[=+\-@\t\r|%]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
