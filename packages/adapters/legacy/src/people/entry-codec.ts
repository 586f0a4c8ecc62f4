import type {
  JsonFilesOptions,
  KeptKind,
  KeyedText,
  KeyedTexts,
  Surroundings,
} from '../json-files/keyed-texts.js';
import { FilePerRecord } from '../json-files/file-per-record.js';
import { OneFile } from '../json-files/one-file.js';

/** How what is kept under a key is written, and read, however others have written it. */
export interface EntryCodec<T> extends KeptKind {
  decode(key: string, kept: KeyedText): T;
  /** @param before what it takes the place of */
  encode(item: T, surroundings: Surroundings, before: KeyedText | undefined): string;
}

/** Opens the files of a component. Nothing is read yet. */
export function openFiles(options: JsonFilesOptions, kind: KeptKind): KeyedTexts {
  return options.layout === 'one-file' ? new OneFile(options, kind) : new FilePerRecord(options, kind);
}

/** For tests: another time. */
export interface Clock {
  readonly now?: () => Date;
}
