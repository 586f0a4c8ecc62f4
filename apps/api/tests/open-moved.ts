import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeApplication } from '../src/composition/application.js';
import { buildServer } from '../src/server/build-server.js';
import { temporaryConfig, temporaryFolder } from './open-api.js';

/** The API over users that have a legacy file. */
export async function openMoved() {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'legacy'));
  const users = join(folder, 'legacy/users.json');
  await writeFile(users, JSON.stringify({ ada: { name: 'Ada' }, bob: { name: 'Bob' } }));
  const config = { ...(await temporaryConfig(folder)), legacy: { issues: 'none' as const, users } };
  const application = composeApplication(config, { create: true, env: {} });
  await application.open();
  const app = await buildServer({ application, config });
  const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'PUT', url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/v1${url}`,
      ...(payload === undefined ? {} : { payload }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.json<Record<string, unknown>>(),
    };
  };
  const close = async () => {
    await app.close();
    await application.close();
  };
  return { app, application, ask, users, close };
}
