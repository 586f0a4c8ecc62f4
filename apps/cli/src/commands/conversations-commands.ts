import type { Conversation, Message, Page } from '@markitect/domain';
import { printColumns } from '../terminal/columns.js';
import { printableJson, printableLine, printableText } from '../terminal/printable.js';
import { countOf, showInstant } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { wrapSpans } from '../terminal/wrap.js';
import { argument, defineCommand } from './command.js';
import { noteNextPage } from './next-page.js';
import { given, nonEmpty, pageOptions, type PageOptions } from './option-values.js';
import { fileOption, parseObject, readPeople, textOf, withPeople } from './people-input.js';

const conversationShape = `{
  id: string; userId: string; title?: string; metadata: object;
  messages: number;        // how many it has
  createdAt: string; updatedAt: string;
}`;

const idArgument = {
  name: 'id',
  description: 'the conversation, as `markitect conversations list` names it',
};

/** Longer lines are hard to read, however wide the terminal. */
const MAX_TEXT_WIDTH = 100;

interface ListOptions extends PageOptions {
  readonly user?: string;
}

/** `markitect conversations list` */
const list = defineCommand<ListOptions>({
  name: ['conversations', 'list'],
  summary: 'list conversations by id',
  description:
    'Not on a terminal: one line for each with id, user, number of messages, time of the last one (UTC) and title, ' +
    'separated by tabs.',
  options: [
    {
      flags: '--user <id>',
      description: 'only those of this user',
      parse: nonEmpty('--user'),
      group: 'Filters:',
    },
    ...pageOptions,
  ],
  examples: [{ command: 'markitect conversations list --user ada', does: 'those of one user' }],
  json: `{
  items: { … }[];          // as of \`conversations create\`
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, _args, { user: userId, ...options }) {
    const { terminal } = context;
    const page = await readPeople(context, 'conversations', ({ conversations }) =>
      conversations.list(given({ ...options, userId })),
    );
    if (terminal.json) {
      terminal.printJson(page);
      return;
    }
    if (page.items.length === 0) {
      terminal.note(
        userId === undefined
          ? 'There are none yet. Begin one with: markitect conversations create <user>'
          : 'That user has none.',
      );
    } else {
      printConversations(terminal, page.items);
    }
    noteNextPage(context, page);
  },
});

/** `markitect conversations show` */
const show = defineCommand<PageOptions>({
  name: ['conversations', 'show'],
  summary: 'show a conversation, the first message first',
  description:
    'Not on a terminal: one line for each message with position, time (UTC), role and content as JSON, separated by tabs.',
  arguments: [idArgument],
  options: pageOptions,
  examples: [{ command: 'markitect conversations show c-42', does: 'what was said' }],
  json: `{
  conversation: { … };     // as of \`conversations create\`
  items: {
    id: string; position: number; role: string; content: string; metadata: object; at: string;
  }[];
  nextCursor?: string;     // absent on the last page
}`,
  async run(context, args, options) {
    const { terminal } = context;
    const id = argument(args);
    const { conversation, page } = await readPeople(context, 'conversations', async ({ conversations }) => ({
      conversation: await conversations.get(id),
      page: await conversations.messages(id, given(options)),
    }));
    if (terminal.json) {
      terminal.printJson({ conversation, ...page });
      return;
    }
    if (terminal.isInteractive) printConversation(terminal, conversation, page);
    else terminal.print(...page.items.map(messageLine));
    noteNextPage(context, page);
  },
});

interface CreateOptions {
  readonly id?: string;
  readonly title?: string;
  readonly metadata?: string;
}

/** `markitect conversations create` */
const create = defineCommand<CreateOptions>({
  name: ['conversations', 'create'],
  summary: 'begin a conversation',
  description: 'Not on a terminal: its id.',
  arguments: [{ name: 'user', description: 'the id of the user whose it is' }],
  options: [
    { flags: '--id <id>', description: 'its id', parse: nonEmpty('--id'), defaultText: 'a new UUID' },
    { flags: '--title <text>', description: 'what it is about', parse: nonEmpty('--title') },
    { flags: '--metadata <json>', description: 'whatever else is known of it: a JSON object' },
  ],
  examples: [
    { command: "markitect conversations create ada --title 'Deploying on Fridays'", does: 'a new one' },
  ],
  json: conversationShape,
  async run(context, args, { id, title, metadata }) {
    const { terminal } = context;
    const draft = given({
      id,
      title,
      metadata: metadata === undefined ? undefined : parseObject(metadata, '--metadata'),
    });
    const begun = await withPeople(context, ({ conversations }) =>
      conversations.create({ ...draft, userId: argument(args) }),
    );
    if (terminal.json) terminal.printJson(begun);
    else if (terminal.isInteractive) terminal.print(`begun ${terminal.style.bold(printableLine(begun.id))}`);
    else terminal.print(begun.id);
  },
});

interface SayOptions {
  readonly role: string;
  readonly file?: string;
  readonly id?: string;
  readonly metadata?: string;
}

/** `markitect conversations say` */
const say = defineCommand<SayOptions>({
  name: ['conversations', 'say'],
  summary: 'append a message to a conversation',
  arguments: [idArgument, { name: 'text', description: 'what is said', optional: true }],
  options: [
    fileOption,
    { flags: '--role <role>', description: 'who says it', default: 'user', parse: nonEmpty('--role') },
    {
      flags: '--id <id>',
      description: 'the id of the message: one that is there already is not said again',
      parse: nonEmpty('--id'),
      defaultText: 'a new UUID',
    },
    { flags: '--metadata <json>', description: 'whatever else is known of it: a JSON object' },
  ],
  examples: [
    { command: "markitect conversations say c-42 'May I deploy today?'", does: 'a few words' },
    { command: 'markitect conversations say c-42 --role assistant --file answer.md', does: 'from a file' },
  ],
  json: conversationShape,
  async run(context, [conversation = '', text], { role, file, id, metadata }) {
    const { terminal } = context;
    const content = await textOf(context, 'text', text, file);
    const message = {
      role,
      content,
      ...given({ id, metadata: metadata === undefined ? undefined : parseObject(metadata, '--metadata') }),
    };
    const after = await withPeople(context, ({ conversations }) =>
      conversations.say(conversation, [message]),
    );
    if (terminal.json) terminal.printJson(after);
    else terminal.print(`${printableLine(after.id)} has ${countOf(after.messages, 'message')}`);
  },
});

/** `markitect conversations delete` */
const remove = defineCommand({
  name: ['conversations', 'delete'],
  summary: 'remove a conversation with its messages',
  arguments: [idArgument],
  examples: [{ command: 'markitect conversations delete c-42', does: 'for good' }],
  json: `{ removed: string }`,
  async run(context, args) {
    const { terminal } = context;
    const id = argument(args);
    await withPeople(context, ({ conversations }) => conversations.remove(id));
    if (terminal.json) terminal.printJson({ removed: id });
    else terminal.print(`removed ${terminal.style.bold(printableLine(id))}`);
  },
});

/** `markitect conversations …` */
export const conversationsCommands = { list, show, create, say, remove };

function printConversations(terminal: Terminal, conversations: readonly Conversation[]): void {
  const { style } = terminal;
  printColumns<Conversation>(
    terminal,
    [
      {
        heading: 'ID',
        text: ({ id }) => printableLine(id),
        shorten: 'middle',
        last: true,
        paint: style.cyan,
      },
      { heading: 'USER', text: ({ userId }) => printableLine(userId), shorten: 'end' },
      { heading: 'MESSAGES', text: ({ messages }) => String(messages), align: 'right' },
      {
        heading: 'UPDATED',
        text: ({ updatedAt }) => showInstant(updatedAt),
        exact: ({ updatedAt }) => updatedAt,
        paint: style.dim,
      },
      { heading: 'TITLE', text: ({ title = '' }) => printableLine(title), shorten: 'end' },
    ],
    conversations,
  );
}

function printConversation(terminal: Terminal, conversation: Conversation, page: Page<Message>): void {
  const { style } = terminal;
  const { id, title, userId, messages, createdAt, metadata } = conversation;
  const width = Math.min(terminal.width, MAX_TEXT_WIDTH);
  terminal.print(
    style.bold(printableLine(title ?? id)),
    style.dim(
      `${title === undefined ? '' : `${printableLine(id)} · `}${printableLine(userId)} · ${countOf(messages, 'message')} · ${showInstant(createdAt)}`,
    ),
    ...(Object.keys(metadata).length === 0 ? [] : [style.dim(printableJson(metadata, 0))]),
  );
  for (const { position, role, at, content } of page.items) {
    terminal.print(
      '',
      `${style.dim(`${position}`)} ${style.cyan(printableLine(role))} ${style.dim(showInstant(at))}`,
      ...wrapSpans([{ text: printableText(content).trimEnd() }], width - 2).map((line) =>
        line === '' ? '' : `  ${line}`,
      ),
    );
  }
}

function messageLine({ position, at, role, content }: Message): string {
  return [position, at, printableLine(role), printableJson(content, 0)].join('\t');
}
