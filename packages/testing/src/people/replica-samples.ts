import type { JsonValue } from '@markitect/domain';
import { awkwardValue } from './people-contract.js';

/** States of keys, for the contract of replica stores. */
export interface ReplicaSamples {
  /** The state of a key: another one for each variant. */
  readonly stateOf: (key: string, variant: number) => JsonValue;
  /** States that no store may take over for the key `k`. */
  readonly malformed: readonly JsonValue[];
}

const at = (variant: number) => new Date(Date.UTC(2024, 1, 29) + variant * 86_400_001).toISOString();

const record: ReplicaSamples = {
  stateOf: (key, variant) => ({
    key,
    value: { ...awkwardValue, variant },
    version: variant + 3,
    createdAt: at(0),
    updatedAt: at(variant),
  }),
  malformed: [
    {},
    { ...fieldsOf({ key: 'k' }), version: 0 },
    { ...fieldsOf({ key: 'other' }) },
    { ...fieldsOf({ key: 'k' }), value: [] },
    { ...fieldsOf({ key: 'k' }), updatedAt: 'yesterday' },
  ],
};

const conversation: ReplicaSamples = {
  stateOf: (key, variant) => ({
    id: key,
    userId: `u${variant % 3}`,
    ...(variant % 2 === 0 ? {} : { title: `It's “quoted” – 日本語 😀 ${variant}` }),
    metadata: { ...awkwardValue, variant },
    createdAt: at(0),
    updatedAt: at(variant),
    // Other variants have the same ids at other places, and some of the same messages.
    messages: Array.from({ length: (variant * 2) % 5 }, (_, index) => ({
      id: `m${(index + (variant % 2)) % 5}`,
      position: index + 1,
      role: 'assistant',
      content: `It's “quoted” – 日本語 😀\u0000\n${index === 0 ? '' : variant}`,
      metadata: awkwardValue,
      at: at(index),
    })),
  }),
  malformed: [
    {},
    { id: 'k', userId: 'u', metadata: {}, createdAt: at(0), updatedAt: at(0), messages: 3 },
    { id: 'other', userId: 'u', metadata: {}, createdAt: at(0), updatedAt: at(0), messages: [] },
    { id: 'k', metadata: {}, createdAt: at(0), updatedAt: at(0), messages: [] },
    {
      id: 'k',
      userId: 'u',
      metadata: {},
      createdAt: at(0),
      updatedAt: at(0),
      messages: [{ id: 'm', position: 2, role: 'user', content: '', metadata: {}, at: at(0) }],
    },
  ],
};

const event: ReplicaSamples = {
  stateOf: (key, variant) => ({
    id: key,
    type: `type ${variant % 3}`,
    ...(variant % 2 === 0 ? {} : { userId: `u${variant}` }),
    at: at(variant),
    properties: { ...awkwardValue, variant },
  }),
  malformed: [
    {},
    { id: 'other', type: 't', at: at(0), properties: {} },
    { id: 'k', type: 't', at: '2026-01-01', properties: {} },
    { id: 'k', type: 't', at: at(0), properties: null },
  ],
};

/** What the replica stores of people keep: records, conversations with their messages, events. */
export const replicaSamples = { record, conversation, event } as const;

function fieldsOf({ key }: { readonly key: string }) {
  return { key, value: {}, version: 1, createdAt: at(0), updatedAt: at(0) };
}
