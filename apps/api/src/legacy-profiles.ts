import type { OpenedProfiles } from '@markitect/adapter-legacy';
import { loadConfig } from '@markitect/config';
import type { JsonObject } from '@markitect/domain';
import { composeApplication } from './composition/application.js';

/**
 * What a `LegacyProfileManager` opens in its worker when this package is its module: the profiles of the users of a
 * project, whatever the stage of their cutover. Until it is closed it does what `markitect cutover watch` does as well.
 *
 * @param options `cwd`, the folder of the project. Default: the working folder
 * @throws what reading the settings and opening the database throw
 */
export async function openProfiles({ cwd }: JsonObject = {}): Promise<OpenedProfiles> {
  const folder = typeof cwd === 'string' ? cwd : process.cwd();
  const config = await loadConfig({ env: process.env, cwd: folder });
  const application = composeApplication(config, { create: true });
  await application.open();
  await application.cutover.keep();
  return { profiles: application.profiles, close: () => application.close() };
}
