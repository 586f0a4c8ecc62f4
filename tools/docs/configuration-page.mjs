import { describeSettings } from '@markitect/config';
import { cell, table } from './markdown.mjs';

/** The page of all settings, from the schema that reads them. */
export function configurationPage() {
  return `# Configuration

A setting is taken from the first of these that names it: a flag of the command, the environment, the configuration
file (\`markitect.config.yaml\`, \`.yml\` or \`.json\` in the working directory, or the file named by \`--config\` or
\`MARKITECT_CONFIG\`), the default.

${describeSettings().map(section).join('\n\n')}
`;
}

/** What is set elsewhere than by a setting: its name is not known here. */
const besides = {
  'cutover.flagFile': `The environment says the same for one component: \`MARKITECT_CUTOVER_<COMPONENT>\`, the name of the component in capitals
with \`_\` for what is neither letter nor digit, e.g. \`MARKITECT_CUTOVER_USERS=served:25\`. It is asked before this file and after the
provider of \`cutover.flagProvider\`; [what a flag does](../guides/cutover.md#flags).`,
};

function section({ path, env, flag, default: value, unit, allowed, meaning }) {
  const rows = [
    ['Environment', `\`${env}\``],
    ...(flag === undefined ? [] : [['Flag', `\`${flag}\``]]),
    ['Values', cell(unit === undefined ? allowed : `${allowed}, in ${unit}`)],
    ['Default', value === undefined ? 'none' : `\`${cell(value)}\``],
  ];
  const more = besides[path] === undefined ? '' : `\n\n${besides[path]}`;
  return `## ${path}\n\n${meaning}\n\n${table(['', ''], rows)}${more}`;
}
