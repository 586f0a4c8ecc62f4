import { Unexpected } from '@markitect/domain';
import type { ServedApplication } from '../routes/served-application.js';
import { buildServer } from './build-server.js';

/** Builds the routes without anything behind them and answers with their description. */
export async function describeApi(): Promise<Record<string, unknown>> {
  const app = await buildServer({
    application: nothingBehind,
    config: {
      server: { host: '127.0.0.1', port: 0, bodyLimitBytes: 1, shutdownTimeoutMs: 1 },
      ingest: { maxFileBytes: 1, roots: [], batchDocuments: 1, batchBytes: 1, parserThreads: 1 },
    },
  });
  try {
    return { ...app.swagger() };
  } finally {
    await app.close();
  }
}

const nothingBehind: ServedApplication = {
  get documents() {
    return absent();
  },
  get ingest() {
    return absent();
  },
  get workspaces() {
    return absent();
  },
  get issues() {
    return absent();
  },
  get issueSync() {
    return absent();
  },
  get search() {
    return absent();
  },
  get research() {
    return absent();
  },
  get tasks() {
    return absent();
  },
  get cutover() {
    return absent();
  },
  // Asked for its services when the routes are made.
  people: {
    get users() {
      return absent();
    },
    get configuration() {
      return absent();
    },
    get conversations() {
      return absent();
    },
    get analytics() {
      return absent();
    },
  },
  get cache() {
    return absent();
  },
  get database() {
    return absent();
  },
  placesOf: absent,
  pending: absent,
  get connections() {
    return absent();
  },
};

function absent(): never {
  throw new Unexpected('UNEXPECTED', 'a description was asked to serve');
}
