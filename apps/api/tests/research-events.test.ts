import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ResearchStatus } from '@markitect/application';
import type { SearchStatus } from '@markitect/domain';
import fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { answerWithProblems } from '../src/problems/problem-answers.js';
import { researchEventRoutes } from '../src/routes/research-events.js';

/** A research that goes on when a test says so. */
class FakeResearch {
  watching = 0;
  #status = statusOf('pending');
  #wake: (() => void)[] = [];

  status(): Promise<ResearchStatus> {
    return Promise.resolve(this.#status);
  }

  go(status: SearchStatus, found = 0): void {
    this.#status = statusOf(status, found);
    this.#tell();
  }

  async *watch(_id: number, signal: AbortSignal): AsyncGenerator<ResearchStatus> {
    this.watching += 1;
    signal.addEventListener('abort', () => this.#tell());
    try {
      for (;;) {
        const now = this.#status;
        yield now;
        if (now.search.status === 'completed') return;
        while (this.#status === now) {
          if (signal.aborted) return;
          await new Promise<void>((wake) => this.#wake.push(wake));
        }
      }
    } finally {
      this.watching -= 1;
    }
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function statusOf(status: SearchStatus, found = 0): ResearchStatus {
  const at = '2026-11-21T08:00:00.000Z';
  const source = { scraper: 'docs' };
  return {
    search: { id: 1, question: 'q', sources: [source], status, maxResults: 20, createdAt: at, updatedAt: at },
    jobs: [
      {
        id: 1,
        searchId: 1,
        source,
        status: 'running',
        found,
        done: found,
        problems: [],
        problemCount: 0,
        createdAt: at,
        updatedAt: at,
      },
    ],
  };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened({ maxWatchers = 10, heartbeatMs = 60_000 } = {}) {
  const research = new FakeResearch();
  const stopping = new AbortController();
  const app = fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerWithProblems(app);
  researchEventRoutes(app, { research }, { stopping: stopping.signal, maxWatchers, heartbeatMs });
  await app.listen({ port: 0, host: '127.0.0.1' });
  closing.push(() => {
    app.server.closeAllConnections();
    return app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  const connect = async (headers: Record<string, string> = {}) => {
    const leave = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/research/1/events`, {
      headers,
      signal: leave.signal,
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      answer,
      leave: () => leave.abort(),
      /** All that has come, once it has so much of it. */
      until: async (pattern: RegExp) => {
        while (!pattern.test(text)) {
          const part = await reader?.read();
          if (part === undefined || part.done) throw new Error(`ended: ${text}`);
          text += part.value;
        }
        return text;
      },
      rest: async () => {
        for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
          text += part.value;
        return text;
      },
    };
  };
  return { research, stopping, connect };
}

/** Settles when something is so. */
async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const idsOf = (text: string) => [...text.matchAll(/^id: (.+)$/gm)].map(([, id]) => id ?? '');

describe('events of a research', () => {
  it('come at once and after each change, and end with it', async () => {
    const { research, connect } = await opened();
    const client = await connect();
    expect(client.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(client.answer.headers.get('cache-control')).toBe('no-store');
    await client.until(/"status":"pending"/);
    research.go('running', 3);
    await client.until(/"found":3/);
    research.go('completed', 4);
    const text = await client.rest();
    expect(text).toMatch(/^retry: \d+\n\n/);
    const events = [...text.matchAll(/^id: (\w+)\nevent: (\w+)\ndata: (.+)\n\n/gm)];
    expect(events.map(([, , event]) => event)).toEqual(['status', 'status', 'end']);
    expect(JSON.parse(events[2]?.[3] ?? '')).toMatchObject({
      id: 1,
      status: 'completed',
      found: 4,
      sources: ['docs'],
    });
    expect(new Set(idsOf(text)).size).toBe(3);
  });

  it('are not sent twice to a client that comes back', async () => {
    const { research, connect } = await opened();
    const first = await connect();
    const [id = ''] = idsOf(await first.until(/data: .+\n\n/));
    first.leave();
    const second = await connect({ 'last-event-id': id });
    await second.until(/^retry/);
    research.go('running', 1);
    const seen = idsOf(await second.until(/data: .+\n\n/));
    expect(seen).toHaveLength(1);
    expect(seen).not.toContain(id);
    research.go('completed', 1);
    const last = idsOf(await second.rest()).at(-1) ?? '';
    // 204 tells a browser to stop coming back.
    expect((await connect({ 'last-event-id': last })).answer.status).toBe(204);
    expect(idsOf(await (await connect()).rest())).toEqual([last]);
  });

  it('are kept alive by comments while nothing happens', async () => {
    const { connect } = await opened({ heartbeatMs: 10 });
    const client = await connect();
    const text = await client.until(/(?::[^\n]+\n\n){3}/);
    expect(idsOf(text)).toHaveLength(1);
  });

  it('are nobody’s any more when the client has left, and no more clients are let in than may', async () => {
    const { research, connect } = await opened({ maxWatchers: 1 });
    const first = await connect();
    await first.until(/pending/);
    const refused = await connect();
    expect(refused.answer.status).toBe(503);
    expect(JSON.parse(await refused.rest())).toMatchObject({ code: 'SERVER_BUSY' });
    first.leave();
    await eventually(() => research.watching === 0);
    const third = await connect();
    await third.until(/pending/);
    expect(research.watching).toBe(1);
  });

  it('end when the server stops', async () => {
    const { stopping, research, connect } = await opened();
    const client = await connect();
    await client.until(/pending/);
    stopping.abort();
    expect(idsOf(await client.rest())).toHaveLength(1);
    expect(research.watching).toBe(0);
  });
});
