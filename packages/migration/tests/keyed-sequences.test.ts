import { expect, it } from '@jest/globals';
import { shareOfKey } from '@markitect/domain';
import { type ConversationRepository, conversationRepositoryPort } from '@markitect/ports';
import { CutoverBook, InMemoryConversationRepository, InMemoryCutoverStateStore } from '@markitect/testing';
import { Component, cutover } from '../src/index.js';
import { move } from './small-world.js';

it('a sequence about one key is that of the side where the key is read, as its pages are', async () => {
  const stores = {
    legacy: new InMemoryConversationRepository(),
    modern: new InMemoryConversationRepository(),
  };
  const component = new Component({
    name: 'notes',
    store: new InMemoryCutoverStateStore(new CutoverBook(() => Date.now())),
    replicas: { legacy: stores.legacy.replicas, modern: stores.modern.replicas },
    process: 'p',
    shadowPercent: 0,
  });
  await component.reload();
  await move(component, 'served', 50);
  const ids = Array.from({ length: 40 }, (_, index) => `c${index}`);
  for (const side of ['legacy', 'modern'] as const) {
    for (const id of ids) {
      await stores[side].create({ id, userId: 'u' });
      await stores[side].append(id, [{ id: side, role: 'user', content: '' }]);
    }
  }
  const conversations = cutover<ConversationRepository>(
    { port: conversationRepositoryPort, streams: ['stream', 'streamMessages'] },
    stores,
    component,
  );
  for (const id of ids) {
    const said: string[] = [];
    for await (const message of conversations.streamMessages(id)) said.push(message.id);
    expect(said).toEqual([shareOfKey('notes', id) < 50 ? 'modern' : 'legacy']);
    expect((await conversations.messages(id)).items.map((message) => message.id)).toEqual(said);
  }
});
