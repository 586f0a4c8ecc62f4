import { recordCommands } from './people-records.js';

/** `markitect configuration …` */
export const configurationCommands = recordCommands({
  word: 'configuration',
  one: 'a part of the configuration of your systems',
  many: 'the parts of the configuration of your systems',
  key: 'the name of the part',
  example: { key: 'bot', value: '{"language":"en","retries":3}', patch: '{"retries":5,"language":null}' },
});
