import { errorCodes } from '@markitect/domain';
import { errorOutcomes, EXIT_PARTIAL } from '@markitect/ports';

/** The page of all error codes, from the table the errors themselves are made from. */
export function errorsPage() {
  const kinds = Object.entries(errorOutcomes).map(
    ([kind, { exitCode, httpStatus }]) => `| ${kind} | ${exitCode} | ${httpStatus} |`,
  );
  const codes = Object.entries(errorCodes).map(
    ([code, { kind, meaning, remedy }]) => `### ${code}\n\n${kind}. ${meaning}\n\n**What to do:** ${remedy}`,
  );
  return `# Errors

Every error has a code from the list below. The command prints it with the remedy and ends with the exit code of its
kind; the API answers with problem+json (RFC 9457) and the HTTP status. Where HTTP has a more exact status (401, 405,
406, 412, 413, 415) the API uses that one.

| Kind | Exit code | HTTP status |
| --- | --- | --- |
${kinds.join('\n')}

Exit code 0 means done; ${EXIT_PARTIAL} means done in part: some files of an ingest failed and are listed, the others are in.

## Codes

${codes.join('\n\n')}
`;
}
