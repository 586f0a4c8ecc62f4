import { cutoverSides, cutoverStages } from '@markitect/domain';
import { z } from 'zod';
import { pageOf } from './document-schemas.js';

/** What the API says of cutovers. */

const count = (description: string, example: number) =>
  z
    .number()
    .int()
    .meta({ description, examples: [example] });
const number = (description: string, example: number) =>
  z.number().meta({ description, examples: [example] });
const timestamp = (description = 'RFC 3339, UTC.') =>
  z.string().meta({ description, examples: ['2026-11-21T08:37:00.000Z'] });
const text = (description: string, example: string) => z.string().meta({ description, examples: [example] });

const stage = z.enum(cutoverStages).meta({
  description:
    '`legacy`: only legacy is used. `mirror`: legacy answers, writes go to both. `served`: a share of the keys is read from modern. `modern`: modern answers, writes go to both. `complete`: only modern is used.',
  examples: ['mirror'],
});
const percent = number('The share of keys read from modern in stage `served`, 0 to 100.', 25);
const side = z.enum(cutoverSides).meta({ examples: ['legacy'] });
const place = z.object({ stage, percent });
const runStatus = z.enum(['running', 'stopped', 'complete']).meta({ examples: ['complete'] });

const blockers = z
  .array(
    z.object({
      gate: text('What is asked for.', 'backfill'),
      reason: text('What is instead.', 'the backfill was not run'),
    }),
  )
  .readonly();

const limits = z
  .object({
    maxMismatchRate: number('Of reads compared in the shadow, 0 to 1.', 0.001),
    maxErrorRate: number('Of operations of modern, 0 to 1.', 0.01),
    maxLatencyRatio: number('The median of modern beside that of legacy.', 3),
    maxDiffAgeMs: number('How old the diff may be, in milliseconds.', 3_600_000),
    minCompared: count('Rates of fewer operations say nothing.', 100),
  })
  .meta({ description: 'What must hold before a switch, and is watched after it.' });

/** What a backfill and a diff have in common. */
const runFields = {
  status: runStatus,
  checkpoint: text('The last key that is done.', 'user-004711').exactOptional(),
  failure: z
    .object({
      code: text('See the errors reference.', 'DATABASE_UNAVAILABLE'),
      message: text('Why.', 'the database is locked'),
    })
    .exactOptional()
    .meta({ description: 'The error that has stopped it.' }),
  unkeyed: z
    .array(
      z.object({
        side,
        count: count('How many.', 3),
        first: z
          .array(z.string())
          .readonly()
          .meta({ description: 'Some of them, in words.', examples: [['line 7 of events.jsonl']] }),
      }),
    )
    .readonly()
    .exactOptional()
    .meta({ description: 'What has no key, and is neither copied nor compared.' }),
  startedAt: timestamp(),
  updatedAt: timestamp(
    'When it was last heard of. One that is `running` and was not for a minute was cut off.',
  ),
};

export const backfillState = z
  .object({
    ...runFields,
    seen: count('Keys looked at …', 50_000),
    copied: count('… and of these those that had to be copied.', 49_512),
    total: count('Keys at its start.', 50_000).exactOptional(),
    resumed: z
      .object({ at: timestamp(), seen: count('Keys seen by then.', 12_000) })
      .exactOptional()
      .meta({ description: 'When it was last gone on with after it had been cut off.' }),
  })
  .meta({ id: 'CutoverBackfill', description: 'The copying of what was there before.' });

const diffFields = {
  ...runFields,
  percent: number('The share of keys that are compared.', 100),
  compared: count('Keys compared.', 50_000),
  onlyLegacy: count('Keys only legacy has.', 0),
  onlyModern: count('Keys only modern has.', 0),
  different: count('Keys whose states differ.', 0),
  unaddressable: z
    .object({
      count: count('How many.', 1),
      first: z
        .array(z.string())
        .readonly()
        .meta({ description: 'Some of them.', examples: [['']] }),
    })
    .exactOptional()
    .meta({ description: 'Keys that are copied, but that no request can name; absent: there are none.' }),
};

const differences = z
  .array(
    z.object({
      key: text('The key.', 'user-004711'),
      kind: z.enum(['only-legacy', 'only-modern', 'different', 'damaged']).meta({ examples: ['different'] }),
      fields: z
        .array(
          z.object({
            path: text('Empty: the states as a whole.', 'value.email'),
            legacy: z
              .unknown()
              .exactOptional()
              .meta({ examples: ['ada@example.org'] }),
            modern: z
              .unknown()
              .exactOptional()
              .meta({ examples: [null] }),
          }),
        )
        .readonly(),
      damage: text(
        'Of a damaged key: what cannot be read.',
        '/data/users/ada.json is damaged',
      ).exactOptional(),
    }),
  )
  .readonly()
  .meta({ description: 'The first of the keys that differ.' });

export const diffReport = z
  .object({ ...diffFields, differences })
  .meta({ id: 'CutoverDiff', description: 'The comparison of both sides, key by key.' });

const logEntry = z.object({
  id: count('Its number.', 7),
  component: text('The component.', 'users'),
  at: timestamp(),
  who: text('A person, or `guard`, `manager`, `flag`.', 'ada'),
  action: text('What was done.', 'switch-reads'),
  why: text('In their words.', 'first users'),
  from: place,
  to: place,
});

const sideFailure = z.object({
  code: text('See the errors reference.', 'LEGACY_FILE_CORRUPT'),
  message: text('Why.', '/srv/bot/users.json is damaged'),
});

export const cutoverStatus = z
  .object({
    component: text('Its name.', 'users'),
    stage,
    percent,
    epoch: count('Grows with every change.', 4),
    switchingTo: stage.exactOptional(),
    isCarryingOver: z.boolean().meta({
      description: 'Some keys are still right on the other side only, and read from there.',
      examples: [false],
    }),
    isShared: z.boolean().meta({
      description: 'Both sides are one store, reached in two ways: nothing is copied.',
      examples: [false],
    }),
    isDegraded: z.boolean().meta({
      description: 'The other side answers while the one that should is down.',
      examples: [false],
    }),
    isUp: z
      .object({
        legacy: z.boolean().meta({ examples: [true] }),
        modern: z.boolean().meta({ examples: [true] }),
      })
      .meta({ description: 'Whether either side could be used just now, within a second.' }),
    failures: z
      .object({ legacy: sideFailure.exactOptional(), modern: sideFailure.exactOptional() })
      .meta({ description: 'Why a side could not.' }),
    places: z.object({
      legacy: text('Where legacy keeps it.', '/srv/bot/users.json'),
      modern: text('Where modern keeps it.', '/srv/.markitect/markitect.db'),
    }),
    backfill: backfillState
      .extend({
        keysPerSecond: number('While it runs: on average since it was begun.', 2400.5).exactOptional(),
        remainingMs: count('While it runs: how long the rest takes at that rate.', 18_500).exactOptional(),
      })
      .exactOptional(),
    diff: z.object(diffFields).exactOptional(),
    repairs: z.object({
      inFlight: count('Keys being written now.', 1),
      pending: count(
        'Keys the other side may not have yet, those of processes that fell silent included.',
        0,
      ),
    }),
    lagMs: number(
      'How long the oldest of them waits, in milliseconds; one in flight counts after ten seconds.',
      0,
    ),
    measured: z
      .array(
        z.object({
          side,
          operations: count('Operations.', 1204),
          errors: count('Of these, faults of the store.', 0),
          medianMs: number('Their median.', 0.4).exactOptional(),
          compared: count('Answers compared with the other side.', 120),
          mismatched: count('Of these, those that differed.', 0),
        }),
      )
      .readonly()
      .meta({ description: 'Since the last change, for 15 minutes at most.' }),
    limits,
    changedAt: timestamp('When the stage was changed last.'),
    next: z
      .enum(['start', 'switch-reads', 'switch-writes', 'complete'])
      .exactOptional()
      .meta({ description: 'The next step; absent: it is complete.', examples: ['switch-reads'] }),
    blockers: blockers.meta({ description: 'What keeps it from that.' }),
    lastChange: logEntry.exactOptional(),
  })
  .meta({ id: 'Cutover', description: 'Where a component stands between its two stores.' });

export const cutoverStatuses = z.object({ items: z.array(cutoverStatus).readonly() });

export const cutoverJudgement = z
  .object({
    component: text('The component.', 'users'),
    from: place,
    to: place,
    blockers,
    notes: z
      .array(z.string())
      .readonly()
      .meta({
        description: 'What was measured too little to keep anybody from it, in words.',
        examples: [['0 reads compared since the last change: the mismatch rate says nothing']],
      }),
    isDone: z.boolean().meta({ description: 'Whether the step was taken.', examples: [true] }),
  })
  .meta({ id: 'CutoverJudgement', description: 'What a step would need, or has done.' });

const repairFields = {
  id: count('Its number.', 42),
  component: text('The component.', 'users'),
  key: text('The key.', 'user-004711'),
  source: side.meta({ description: 'Whose state is right.' }),
  status: z.enum(['in-flight', 'pending']).meta({ examples: ['pending'] }),
  process: text('The process that is at it, while one is.', 'host-4711-9f86d081').exactOptional(),
  attempts: count('Attempts so far.', 2),
  failure: z
    .object({
      code: text('See the errors reference.', 'FILE_UNWRITABLE'),
      message: text('Why.', 'read-only'),
    })
    .exactOptional(),
  retryAt: timestamp('Not before this.').exactOptional(),
  createdAt: timestamp(),
};
const cutoverRepair = z
  .object(repairFields)
  .meta({ id: 'CutoverRepair', description: 'A key that the other side may not have yet.' });

export const cutoverRepairPage = pageOf(cutoverRepair).meta({
  id: 'CutoverRepairPage',
  description: 'One page of repairs.',
});

export const explainedRepair = z
  .object({
    ...repairFields,
    explanation: z
      .array(z.string())
      .readonly()
      .meta({ examples: [['What legacy has under ada is right.']] }),
  })
  .meta({ id: 'ExplainedCutoverRepair', description: 'A repair, in words as well.' });

export const repairReport = z.object({
  repaired: count('Keys copied.', 3),
  failed: count('Keys that could not be.', 0),
});

export const mismatchPage = pageOf(
  z.object({
    id: count('Its number.', 7),
    component: text('The component.', 'users'),
    operation: text('What was read.', 'get'),
    key: text('Of what.', 'user-004711').exactOptional(),
    fields: z
      .array(
        z.object({
          path: text('The field.', 'value.email'),
          legacy: z.unknown().meta({ description: 'Redacted.', examples: ['(string #1f2e3d4c)'] }),
          modern: z.unknown().meta({ description: 'Redacted.', examples: ['(none)'] }),
        }),
      )
      .readonly(),
    at: timestamp(),
  }),
).meta({ id: 'CutoverMismatchPage', description: 'One page of reads that were answered differently.' });

export const cutoverLogPage = pageOf(logEntry).meta({
  id: 'CutoverLogPage',
  description: 'One page of the log.',
});
