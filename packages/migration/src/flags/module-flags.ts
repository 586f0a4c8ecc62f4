import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Invalid } from '@markitect/domain';
import type { Provider } from '@openfeature/server-sdk';

/** Whatever OpenFeature asks for flags. */
export type FlagProvider = Provider;

/**
 * The provider of a module: what it exports as `default`, or else the first of its exports, that is a provider or a class
 * of providers, which is made without arguments. `folder` is where names and relative paths are looked up first. Throws
 * Invalid `CONFIG_INVALID` for a module that cannot be loaded or has none.
 */
export async function moduleFlags(name: string, folder: string): Promise<FlagProvider> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(located(name, folder))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw unusable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
  for (const each of [loaded['default'], ...Object.values(loaded)]) {
    if (isProvider(each)) return each;
    if (isProviderClass(each)) return new each();
  }
  throw unusable(name, 'it exports no provider of OpenFeature');
}

function located(name: string, folder: string): string {
  if (isAbsolute(name)) return pathToFileURL(name).href;
  try {
    return pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href;
  } catch {
    // Installed beside this package, or for import only.
    return name;
  }
}

function isProvider(value: unknown): value is FlagProvider {
  return (
    typeof value === 'object' &&
    value !== null &&
    'resolveStringEvaluation' in value &&
    typeof value.resolveStringEvaluation === 'function'
  );
}

function isProviderClass(value: unknown): value is new () => FlagProvider {
  return typeof value === 'function' && isProvider((value as { readonly prototype?: unknown }).prototype);
}

function unusable(name: string, reason: string, cause?: unknown): Invalid {
  return new Invalid('CONFIG_INVALID', `cutover.flagProvider: ${name} cannot be used: ${reason}`, {
    details: { setting: 'cutover.flagProvider', module: name },
    ...(cause === undefined ? {} : { cause }),
  });
}
