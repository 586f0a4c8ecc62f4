import type { Application, CutoverAdministration } from '@markitect/api';
import { type CutoverStage, cutoverStages } from '@markitect/domain';
import type { CommandContext } from '../program/command-context.js';
import type { Span } from '../terminal/wrap.js';
import { wrapSpans } from '../terminal/wrap.js';
import type { Style, Terminal } from '../terminal/terminal.js';
import type { ArgumentDefinition, OptionDefinition } from './command.js';
import { badOption, nonEmpty } from './option-values.js';

/** The component of a command. */
export const componentArgument: ArgumentDefinition = {
  name: 'component',
  description: 'users, configuration, conversations, analytics or issues',
};

/** The values of {@link requestOptions}. */
export interface RequestOptions {
  readonly who?: string;
  readonly why?: string;
}

/** Who does something, and why, for the log. */
export const requestOptions: readonly OptionDefinition[] = [
  {
    flags: '--why <text>',
    description: 'why; stands in the log',
    parse: nonEmpty('--why'),
    group: 'Log:',
  },
  {
    flags: '--who <name>',
    description: 'who does it; stands in the log',
    defaultText: 'issues.user of the configuration: you',
    parse: nonEmpty('--who'),
    group: 'Log:',
  },
];

/** Shows what would be done, and what is in the way of it. */
export const dryRunOption: OptionDefinition = {
  flags: '-n, --dry-run',
  description: 'only say whether it may be done, and if not why',
};

/** Runs `work` with the cutovers of the project the working folder lies in. */
export async function withCutover<T>(
  context: CommandContext,
  work: (cutover: CutoverAdministration, application: Application) => Promise<T>,
): Promise<T> {
  return context.withApplication((application) => work(application.cutover, application), {
    config: await context.projectConfig(),
  });
}

/** Who does it, and why. Throws UsageError when nobody says why, and `why` has no default. */
export async function requestOf(
  context: CommandContext,
  { who, why }: RequestOptions,
  otherwise?: string,
): Promise<{ readonly who: string; readonly why: string }> {
  const reason = why ?? otherwise;
  if (reason === undefined) throw badOption('--why', 'must be given: whoever reads the log later will ask');
  return { who: who ?? (await context.projectConfig()).issues.user, why: reason };
}

/** `served 25 %`, `mirror`. */
export function stageText({
  stage,
  percent,
}: {
  readonly stage: CutoverStage;
  readonly percent: number;
}): string {
  return stage === 'served' ? `served ${percent} %` : stage;
}

/** Stages in their colors; a text that is none, as in a heading, stays as it is. */
export function paintStage(style: Style): (text: string) => string {
  const colors: Readonly<Record<CutoverStage, (text: string) => string>> = {
    legacy: style.dim,
    mirror: style.cyan,
    served: style.yellow,
    modern: style.magenta,
    complete: style.green,
  };
  return (text) => {
    const stage = cutoverStages.find((each) => text.startsWith(each));
    return stage === undefined ? text : colors[stage](text);
  };
}

/** How the value of a field stands on a line. */
const LABEL_WIDTH = 10;

/** A labelled line. */
export type Field = readonly [label: string, text: string, paint?: ((text: string) => string) | undefined];

/** Prints labelled lines, those that are too long wrapped below themselves. */
export function printFields(terminal: Terminal, fields: readonly Field[]): void {
  const indent = ' '.repeat(LABEL_WIDTH + 4);
  for (const [label, text, paint] of fields) {
    const span: Span = paint === undefined ? { text } : { text, paint };
    const lines = wrapSpans([span], terminal.width - indent.length);
    terminal.print(
      ...lines.map((line, index) =>
        index === 0 ? `  ${terminal.style.dim(label.padEnd(LABEL_WIDTH))}  ${line}` : `${indent}${line}`,
      ),
    );
  }
}

/** What is to be said where nothing has a legacy side. */
export const nothingToMove =
  'No component has a legacy store here. Say where one is, e.g. with MARKITECT_LEGACY_USERS or legacy.users.';
