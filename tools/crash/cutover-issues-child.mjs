// A client of `npm run crash -- cutover-issues`: makes and reads issues until it is told to stop, and keeps a journal.
import { appendFileSync, existsSync } from 'node:fs';
import { composeApplication } from '@markitect/api';
import { loadConfig } from '@markitect/config';

const { folder, client, journal, stop } = JSON.parse(process.argv[2]);
const config = await loadConfig({ env: process.env, cwd: folder });
const application = composeApplication(config, { create: true });
await application.open();
await application.cutover.keep();
const say = (...words) => appendFileSync(journal, `${words.join('\t')}\n`);
process.send?.('up');
for (let index = 0; !existsSync(stop); index += 1) {
  const title = `Issue ${index} of client ${client}`;
  say('I', title);
  try {
    const { number } = await application.issues.create({ title });
    say('A', title, number);
    const comment = `Comment on ${title}`;
    await application.issues.comment(number, comment);
    say('C', comment, number);
    await application.issues.get(number);
    await application.issues.list({}, { limit: 5 });
  } catch (error) {
    say('E', error.code, JSON.stringify(error.message));
  }
}
await application.close();
