/** A command line, quoted for a POSIX shell, in which `option` has `value`: replaced where it is, else added. */
export function commandLineWith(argv: readonly string[], option: string, value: string): string {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const rest = end < 0 ? [] : argv.slice(end);
  const kept = own.filter(
    (word, index) => word !== option && own[index - 1] !== option && !word.startsWith(`${option}=`),
  );
  return ['markitect', ...[...kept, option, value, ...rest].map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
