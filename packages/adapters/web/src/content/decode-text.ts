import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** What browsers take these for (WHATWG Encoding), and what is meant by them. */
const aliases: Readonly<Record<string, string>> = {
  ascii: 'windows-1252',
  'us-ascii': 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
  'x-sjis': 'shift_jis',
  'windows-31j': 'shift_jis',
  'ks_c_5601-1987': 'euc-kr',
  gb2312: 'gb18030',
};
/** Where declarations in the text itself are looked for, in bytes. */
const PROLOG_BYTES = 2048;
/** What the library knows besides and is no charset of pages. */
const noCharset = /^(base64|hex|binary|ucs-?2|utf-?7)/;

/**
 * The text of a page. Its charset is, in this order: that of its byte order mark, of the `Content-Type`, of the text's
 * own declaration; else UTF-8. A declaration that the bytes contradict is not believed: what is no UTF-8 is read as
 * windows-1252, and what is said to be windows-1252 but is UTF-8 throughout is read as that. Never throws.
 */
export function decodeText(bytes: Uint8Array, contentType: string): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return iconv.decode(buffer, charsetOf(buffer, contentType));
}

function charsetOf(bytes: Buffer, contentType: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  const declared =
    known(/charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1]) ??
    known(ownDeclaration(bytes.toString('latin1', 0, PROLOG_BYTES))) ??
    'utf-8';
  if (declared !== 'utf-8' && declared !== 'windows-1252') return declared;
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

/** What stands in `<meta charset>`, `<meta http-equiv>` or `<?xml encoding>`: it was read, so it is not UTF-16. */
function ownDeclaration(prolog: string): string | undefined {
  const name = (/^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)/i.exec(prolog) ??
    /<meta\s[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(prolog))?.[1];
  return name !== undefined && /^utf-?16/i.test(name) ? 'utf-8' : name;
}

function known(label: string | undefined): string | undefined {
  const name = label?.toLowerCase();
  if (name === undefined || noCharset.test(name)) return undefined;
  if (name === 'utf8') return 'utf-8';
  // Without a byte order mark it is the little end that is written.
  if (name === 'utf-16') return 'utf-16le';
  const charset = aliases[name] ?? name;
  return iconv.encodingExists(charset) ? charset : undefined;
}
