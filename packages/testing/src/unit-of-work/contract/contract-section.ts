import { Buffer } from 'node:buffer';
import type {
  DocumentRepository,
  FileStore,
  IssueRepository,
  TaskQueue,
  TaskSignal,
  Transaction,
  UnitOfWork,
} from '@markitect/ports';
import { documentDraft } from '../../documents/document-draft.js';
import type { SentMessage } from '../working-state.js';

/** Names that are in the log of invalidations. */
export interface InvalidatedNames {
  readonly keys: readonly string[];
  readonly tags: readonly string[];
}

/** A unit of work under test, and what others see of it. */
export interface OpenedUnitOfWork {
  readonly unitOfWork: UnitOfWork;
  /** What others see of the documents. Its writes are no part of a unit of work. */
  readonly documents: DocumentRepository;
  /** What others see of the embedded tracker. Its writes are no part of a unit of work. */
  readonly issues: IssueRepository;
  /** What others see of the tasks. Its writes are no part of a unit of work. */
  readonly tasks: TaskQueue;
  /** What tells a worker of committed tasks. */
  readonly taskSignal: () => TaskSignal;
  /** What others see of the files below a root. The contract uses the roots `files` and `others`. */
  files(root: string): FileStore;
  /** The messages that handlers have been given so far. */
  deliveredMessages(): readonly SentMessage[] | Promise<readonly SentMessage[]>;
  /** The cache keys and tags that have been invalidated so far. */
  invalidated(): InvalidatedNames | Promise<InvalidatedNames>;
  close(): Promise<void>;
}

/** Gives a new, empty unit of work that has the roots `files` and `others`. */
export type OpenUnitOfWork = () => Promise<OpenedUnitOfWork>;

/** Makes test bodies: each gets a unit of work of its own, which is closed after it. */
export function unitOfWorkTests(open: OpenUnitOfWork) {
  return (body: (opened: OpenedUnitOfWork) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await body(opened);
    } finally {
      await opened.close();
    }
  };
}

/** One change of each kind, under one name. */
export async function changeAll(transaction: Transaction, name: string): Promise<void> {
  await transaction.documents.save(draft(name));
  await transaction.files('files').write(`${name}.txt`, bytes(name));
  await transaction.cache.invalidate([name]);
  await transaction.cache.invalidateTags([`tag of ${name}`]);
  await transaction.outbox.send('changed', { name });
}

/** The names under which changes of each kind can be seen from outside. */
export async function seen(opened: OpenedUnitOfWork) {
  const files: string[] = [];
  for await (const { path } of opened.files('files').list()) files.push(path.replace(/\.txt$/, ''));
  const { keys, tags } = await opened.invalidated();
  const messages = await opened.deliveredMessages();
  return {
    rows: (await names(opened.documents)).sort(),
    files: files.sort(),
    keys: [...keys].sort(),
    tags: tags.map((tag) => tag.replace('tag of ', '')).sort(),
    messages: messages.map(({ payload }) => (payload as { name: string }).name).sort(),
  };
}

/** What {@link seen} answers when these changes, made by {@link changeAll}, and no others are there. */
export function exactly(...changes: string[]) {
  const sorted = [...changes].sort();
  return { rows: sorted, files: sorted, keys: sorted, tags: sorted, messages: sorted };
}

/** The names of the documents made by {@link draft}. */
export async function names(documents: DocumentRepository): Promise<string[]> {
  const { items } = await documents.list({ limit: 500 });
  return items.map(({ path }) => path.replace(/\.md$/, ''));
}

export const draft = (name: string, content = name) => documentDraft({ path: `${name}.md`, content });

export const path = (name: string) => draft(name).path;

export const bytes = (text: string) => new TextEncoder().encode(text);

export const text = (content: Uint8Array | undefined) =>
  content === undefined ? undefined : Buffer.from(content).toString();

/** A promise and what settles it. */
export function latch<T = void>() {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => (open = resolve));
  return { opened, open };
}

/** Lets other work go on for a few turns of the event loop. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
