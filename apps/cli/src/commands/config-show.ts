import type { ExplainedSetting } from '@markitect/config';
import type { CommandContext } from '../program/command-context.js';
import { UsageError } from '../program/usage-error.js';
import { printableLine } from '../terminal/printable.js';
import { showPath } from '../terminal/show-path.js';
import { wrapSpans } from '../terminal/wrap.js';
import { defineCommand } from './command.js';

interface Options {
  readonly changed?: boolean;
}

/** `markitect config show` */
export const configShow = defineCommand<Options>({
  name: ['config', 'show'],
  summary: 'show every setting and where its value comes from',
  description:
    'Of the project this folder lies in: a flag counts before the environment, that before the file of settings, that ' +
    'before the default. Secrets, and passwords in addresses, are shown as ***. Not on a terminal: setting, value and ' +
    'origin, separated by tabs.',
  arguments: [
    { name: 'name', description: 'only these settings: gitea, server.port', optional: true, variadic: true },
  ],
  options: [{ flags: '--changed', description: 'only those that are not as by default' }],
  examples: [
    { command: 'markitect config show gitea', does: 'one group' },
    { command: 'markitect config show --changed', does: 'what somebody has set' },
  ],
  json: `{
  settings: {
    path: string;          // gitea.url
    value?: unknown;       // absent: not set
    from: string;          // 'default', 'environment MARKITECT_GITEA_URL', 'file /x/markitect.config.yaml', 'flag --data-dir'
  }[];
}`,
  async run(context, names, { changed = false }) {
    const { terminal } = context;
    const all = await context.explainConfig();
    const unknown = names.find((name) => !all.some(({ path }) => isNamed(path, name)));
    if (unknown !== undefined) {
      throw new UsageError(
        `there is no setting ${printableLine(unknown)}`,
        { field: 'name' },
        'See all of them with `markitect config show`.',
      );
    }
    const settings = all.filter(
      ({ path, from }) =>
        (names.length === 0 || names.some((name) => isNamed(path, name))) && (!changed || from !== 'default'),
    );
    if (terminal.json) terminal.printJson({ settings });
    else if (settings.length === 0) terminal.note('Everything is as by default.');
    else if (terminal.isInteractive) printGroups(context, settings);
    else {
      terminal.print(
        ...settings.map(({ path, value, from }) => [path, shown(value), printableLine(from)].join('\t')),
      );
    }
  },
});

function isNamed(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}

function shown(value: ExplainedSetting['value']): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return printableLine(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    return printableLine(value.join('; '));
  }
  return printableLine(JSON.stringify(value));
}

function printGroups({ terminal, cwd }: CommandContext, settings: readonly ExplainedSetting[]): void {
  const { style, width } = terminal;
  const nameOf = (path: string) => path.slice(path.indexOf('.') + 1);
  const groupOf = (path: string) => path.slice(0, Math.max(0, path.indexOf('.')));
  const nameWidth = Math.max(...settings.map(({ path }) => nameOf(path).length));
  const indent = 2 + nameWidth + 2;
  let group: string | undefined;
  for (const { path, value, from } of settings) {
    if (groupOf(path) !== group) {
      if (group !== undefined) terminal.print('');
      group = groupOf(path);
      terminal.print(style.bold(group === '' ? 'general' : group));
    }
    const isDefault = from === 'default';
    const written = shown(value);
    const spans = [
      value === undefined
        ? { text: 'not set', paint: style.dim }
        : { text: written === '' ? '""' : written, ...(isDefault ? {} : { paint: style.cyan }) },
      ...(isDefault ? [] : [{ text: `  (${origin(from, cwd)})`, paint: style.dim }]),
    ];
    wrapSpans(spans, Math.max(20, width - indent)).forEach((line, index) => {
      terminal.print(`  ${(index === 0 ? nameOf(path) : '').padEnd(nameWidth)}  ${line}`);
    });
  }
}

/** Where a value comes from; files as one would write them here. */
function origin(from: string, cwd: string): string {
  const [, file] = /^file (.*)$/s.exec(from) ?? [];
  return file === undefined ? printableLine(from) : `file ${showPath(file, cwd)}`;
}
