import type { OptionDefinition } from '../commands/command.js';
import { nonEmpty } from '../commands/option-values.js';

/** The values of {@link globalOptions}. */
export interface GlobalOptions {
  readonly dataDir?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly color: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** The options of every command, before or after its name. */
export const globalOptions: readonly OptionDefinition[] = [
  {
    flags: '--data-dir <dir>',
    description: 'the data directory',
    defaultText: 'from the configuration, .markitect',
    parse: nonEmpty('--data-dir'),
  },
  {
    flags: '--config <file>',
    description: 'the file of settings',
    defaultText: 'markitect.config.yaml, .yml or .json here, if there is one',
    parse: nonEmpty('--config'),
  },
  { flags: '--json', description: 'print one JSON value on stdout' },
  { flags: '--no-color', description: 'no colors' },
  {
    flags: '-q, --quiet',
    description: 'results and errors only: no progress, no notices',
    conflicts: ['verbose'],
  },
  { flags: '-v, --verbose', description: 'also what is used, and the causes of errors' },
];
