import { recordCommands } from './people-records.js';

/** `markitect users …` */
export const usersCommands = recordCommands({
  word: 'users',
  one: 'the profile of a user',
  many: 'the profiles of users',
  key: 'the id of the user',
  example: {
    key: 'ada',
    value: '{"email":"ada@example.org","theme":"dark"}',
    patch: '{"theme":"light","email":null}',
  },
});
