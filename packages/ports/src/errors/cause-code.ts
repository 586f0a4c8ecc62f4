import { isMarkitectError } from '@markitect/domain';

/** Codes of operating systems and stores (`ENOSPC`, `SQLITE_FULL`); those of Node's own checks begin with `ERR_`. */
const systemCode = /^(?!ERR_)[A-Z][A-Z0-9_]{1,39}$/;

/** Longer chains of causes are nobody's intent. */
const MAX_DEPTH = 8;

/**
 * The code that the system or the store gave to what caused an error: `ENOSPC`, `SQLITE_FULL`. Safe to show to anybody,
 * unlike the message beside it, which may hold paths and contents. `undefined`: there is none.
 */
export function causeCode(error: unknown): string | undefined {
  let at = causeOf(error);
  for (let depth = 0; at !== undefined && depth < MAX_DEPTH; depth += 1) {
    if (!isMarkitectError(at)) {
      const { code } = Object(at) as { readonly code?: unknown };
      if (typeof code === 'string' && systemCode.test(code)) return code;
    }
    at = causeOf(at);
  }
  return undefined;
}

function causeOf(error: unknown): unknown {
  return (Object(error) as { readonly cause?: unknown }).cause ?? undefined;
}
