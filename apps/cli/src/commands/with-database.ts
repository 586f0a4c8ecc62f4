import type { DatabaseOperations } from '@markitect/api';
import type { Config } from '@markitect/config';
import type { CommandContext } from '../program/command-context.js';

/**
 * Runs work with the database of the project as it is: not brought up to date, and without finishing what interrupted
 * commits have left. Throws Unavailable `STORE_NOT_INITIALIZED` when there is none.
 */
export async function withDatabase<T>(
  context: CommandContext,
  work: (database: DatabaseOperations, config: Config) => Promise<T>,
): Promise<T> {
  const config = await context.projectConfig();
  return context.withApplication(({ database }) => work(database, config), {
    config,
    recover: false,
    migrate: false,
  });
}
