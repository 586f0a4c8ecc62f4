import { describe, expect, it, jest } from '@jest/globals';
import { FakeClock } from '../../tests/fake-clock.js';
import { AttemptHandler } from './attempt-handler.js';
import { Exchange } from './exchange.js';

const limits = { maxResponseBytes: 1000, headersTimeoutMs: 100, bodyTimeoutMs: 50 };
const jsonType = { 'content-type': 'application/json' };

function started(clock = new FakeClock()) {
  const exchange = new Exchange({ method: 'POST', path: 'x' }, '/x', [], false);
  const handler = new AttemptHandler(exchange, limits, clock);
  const controller = { abort: jest.fn<(reason: Error) => void>() };
  const answer = handler.answer.catch((error: unknown) => error);
  handler.onRequestStart(controller);
  return { exchange, handler, controller, answer, clock };
}

describe('an attempt', () => {
  it('is not written to a second socket when the pool tries that by itself', () => {
    const { handler, controller } = started();
    expect(controller.abort).not.toHaveBeenCalled();
    handler.onRequestStart(controller);
    expect(controller.abort).toHaveBeenCalledTimes(1);
  });

  it('that was given up in the queue is not written at all', async () => {
    const exchange = new Exchange({ method: 'POST', path: 'x' }, '/x', [], false);
    const handler = new AttemptHandler(exchange, limits, new FakeClock());
    handler.cancel();
    await expect(handler.answer).rejects.toMatchObject({ facts: { carriedOut: 'no' } });
    const controller = { abort: jest.fn<(reason: Error) => void>() };
    handler.onRequestStart(controller);
    expect(controller.abort).toHaveBeenCalledTimes(1);
    expect(exchange.isSent).toBe(false);
  });

  it('has so long until its answer begins', async () => {
    const { answer, clock, controller } = started();
    clock.advance(99);
    expect(controller.abort).not.toHaveBeenCalled();
    clock.advance(1);
    await expect(answer).resolves.toMatchObject({ code: 'HTTP_TIMEOUT', facts: { carriedOut: 'unknown' } });
    expect(controller.abort).toHaveBeenCalledTimes(1);
  });

  it('may take long in all as long as it goes on', async () => {
    const { handler, answer, clock, controller } = started();
    clock.advance(90);
    handler.onResponseStart(controller, 200, jsonType);
    for (const text of ['[', '1', ',', '2', ']']) {
      clock.advance(49);
      handler.onResponseData(controller, Buffer.from(text));
    }
    handler.onResponseEnd();
    await expect(answer).resolves.toMatchObject({ response: { body: [1, 2] } });
    expect(clock.pending).toBe(0);
  });

  it('ends when its body stops', async () => {
    const { handler, answer, clock, controller } = started();
    handler.onResponseStart(controller, 200, jsonType);
    handler.onResponseData(controller, Buffer.from('['));
    clock.advance(150);
    await expect(answer).resolves.toMatchObject({ code: 'HTTP_TIMEOUT', facts: { status: 200 } });
  });

  it('takes no notice of 1xx answers', async () => {
    const { handler, answer, controller } = started();
    handler.onResponseStart(controller, 103, { link: '<a>' });
    handler.onResponseStart(controller, 204, {});
    handler.onResponseEnd();
    await expect(answer).resolves.toMatchObject({ response: { status: 204, headers: {} } });
  });
});
