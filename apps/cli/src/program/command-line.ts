/** A command line, quoted for a POSIX shell, in which options have these values: replaced where they are, else added. */
export function commandLineWith(argv: readonly string[], values: Readonly<Record<string, string>>): string {
  const end = argv.indexOf('--');
  const rest = end < 0 ? [] : argv.slice(end);
  let own = end < 0 ? argv : argv.slice(0, end);
  for (const [option, value] of Object.entries(values)) {
    const others: readonly string[] = own.filter(
      (word, index) => word !== option && own[index - 1] !== option && !word.startsWith(`${option}=`),
    );
    own = [...others, option, value];
  }
  return ['markitect', ...[...own, ...rest].map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
