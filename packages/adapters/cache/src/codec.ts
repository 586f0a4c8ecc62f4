import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { TierEntry } from '@markitect/ports';
import type { CacheRecord } from './memory/memory-entry.js';

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);

/** The most bytes a compressed value may become. */
const MAX_INFLATED = 1024 * 1024 * 1024;

/** A way of its own to write values down. */
export interface CacheSerializer {
  encode(value: unknown): string | Uint8Array;
  /** Gets what `encode` made, in the same type. Whatever it throws counts as a miss. */
  decode(encoded: string | Uint8Array): unknown;
}

/** How values are written down for the tiers below memory. */
export interface CodecOptions {
  /** Default: JSON for what JSON gives back exactly, V8's own format for everything else that can be cloned. */
  readonly serializer?: CacheSerializer;
  /** Compresses (raw deflate) what is longer than so many characters or bytes. Default: nothing. */
  readonly compressFrom?: number;
}

/** Before the value in each body, as one line of JSON. Short names: it is stored with every value. */
interface Header {
  /** How the value is written: (n)othing, (j)son, (v)8, custom (s)tring, custom (b)ytes; with z: deflated. */
  readonly w: string;
  readonly c: number;
  readonly f: number | null;
  readonly k: number | null;
  readonly t?: readonly string[];
  readonly e?: string;
}

/** Turns records into what tiers keep, and back. */
export class EntryCodec {
  readonly #serializer: CacheSerializer | undefined;
  readonly #compressFrom: number;

  constructor({ serializer, compressFrom = Number.POSITIVE_INFINITY }: CodecOptions = {}) {
    this.#serializer = serializer;
    this.#compressFrom = compressFrom;
  }

  /** `undefined`: the value can't be written down (it holds a function, say). */
  async encode(record: CacheRecord, isJson: boolean): Promise<TierEntry | undefined> {
    let written: { way: string; data: string | Uint8Array };
    try {
      written = this.#write(record, isJson);
    } catch {
      return undefined;
    }
    let { way, data } = written;
    if (data.length >= this.#compressFrom) {
      data = await compress(data, { level: 1 });
      way += 'z';
    }
    const header: Header = {
      w: way,
      c: record.createdAt,
      f: finite(record.freshUntil),
      k: finite(record.keptUntil),
      ...(record.tags.length > 0 && { t: record.tags }),
      ...(record.validator !== undefined && { e: record.validator }),
    };
    const line = `${JSON.stringify(header)}\n`;
    const body = typeof data === 'string' ? line + data : Buffer.concat([Buffer.from(line), data]);
    return { version: record.version, expiresAt: record.keptUntil, body };
  }

  /** `undefined`: it is damaged or of another making. */
  async decode({ version, body }: TierEntry): Promise<CacheRecord | undefined> {
    try {
      const end = typeof body === 'string' ? body.indexOf('\n') : body.indexOf(10);
      if (end < 0) return undefined;
      const line =
        typeof body === 'string' ? body.slice(0, end) : Buffer.from(body.subarray(0, end)).toString();
      const header = JSON.parse(line) as Header;
      let data = typeof body === 'string' ? body.slice(end + 1) : body.subarray(end + 1);
      if (header.w.endsWith('z')) data = await decompress(data, { maxOutputLength: MAX_INFLATED });
      const way = header.w.charAt(0);
      return {
        version,
        value: this.#read(way, data),
        isNegative: way === 'n',
        createdAt: header.c,
        freshUntil: header.f ?? Number.POSITIVE_INFINITY,
        keptUntil: header.k ?? Number.POSITIVE_INFINITY,
        tags: header.t ?? [],
        validator: header.e,
      };
    } catch {
      return undefined;
    }
  }

  #write({ value, isNegative }: CacheRecord, isJson: boolean): { way: string; data: string | Uint8Array } {
    if (isNegative) return { way: 'n', data: '' };
    if (this.#serializer !== undefined) {
      const data = this.#serializer.encode(value);
      return { way: typeof data === 'string' ? 's' : 'b', data };
    }
    return isJson ? { way: 'j', data: JSON.stringify(value) } : { way: 'v', data: serialize(value) };
  }

  #read(way: string, data: string | Uint8Array): unknown {
    const text = () => (typeof data === 'string' ? data : Buffer.from(data).toString());
    const bytes = () => (typeof data === 'string' ? Buffer.from(data) : data);
    if (way === 'n') return undefined;
    if (way === 'j') return JSON.parse(text());
    if (way === 'v') return deserialize(bytes());
    if (this.#serializer === undefined) throw new TypeError('written by a serializer that is not there');
    return this.#serializer.decode(way === 's' ? text() : bytes());
  }
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}
