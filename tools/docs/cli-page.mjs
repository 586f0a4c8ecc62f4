import { describeCommands } from 'markitect';
import { cell, table } from './markdown.mjs';

/** The page of all commands, from the commands themselves. */
export function cliPage() {
  const { globalOptions, groups, commands } = describeCommands();
  return `# The markitect command

\`\`\`text
markitect <command> [options]
\`\`\`

${groups.map(({ name, summary }) => `Commands that begin with \`${name}\` ${summary}.`).join('\n')}

Results go to stdout; progress, hints and errors go to stderr. [Exit codes and errors](errors.md) ·
[Configuration](configuration.md)

${table(
  ['Command', 'Does'],
  commands.map(({ name, summary }) => [`[\`${name}\`](#${name.replaceAll(' ', '-')})`, summary]),
)}

## Options of every command

${optionTable(globalOptions)}

${commands.map(commandSection).join('\n\n')}
`;
}

function commandSection({ name, usage, description, arguments: args, options, examples, json }) {
  const parts = [`## ${name}`, `\`\`\`text\n${usage}\n\`\`\``, description];
  if (args.length > 0)
    parts.push(
      table(
        ['Argument', ''],
        args.map((each) => [`\`${each.name}\``, cell(each.description)]),
      ),
    );
  if (options.length > 0) parts.push(optionTable(options));
  if (examples.length > 0) {
    parts.push(
      `\`\`\`sh\n${examples.map(({ command, does }) => `# ${does}\n${command}`).join('\n')}\n\`\`\``,
    );
  }
  parts.push(`With \`--json\`:\n\n\`\`\`ts\n${json}\n\`\`\``);
  return parts.join('\n\n');
}

function optionTable(options) {
  return table(
    ['Option', 'Does', 'Default'],
    options.map(({ flags, description, default: value }) => [
      `\`${cell(flags)}\``,
      cell(description),
      cell(value ?? ''),
    ]),
  );
}
