import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Conflict } from '../errors/markitect-error.js';
import { differs, diffWorkspace } from './workspace-diff.js';
import type { WorkspaceFile } from './workspace-manifest.js';
import {
  allowedCommands,
  requireAllowed,
  type WorkspaceCommand,
  type WorkspaceState,
  workspaceState,
  workspaceTransitions,
} from './workspace-state.js';

const commands: WorkspaceCommand[] = ['start', 'add', 'save', 'restore', 'finish', 'abandon', 'open'];

/** Each cell, written out: what is allowed (+) and what is not (-), in the order of the commands. */
const table: [WorkspaceState, string][] = [
  ['clean', '-++--++'],
  ['active', '-++-+++'],
  ['dirty', '-++++++'],
  ['finished', '+------'],
  ['abandoned', '+------'],
];
const cells = table.flatMap(([state, row]) =>
  commands.map((command, index) => ({ state, command, allowed: row[index] === '+' })),
);

const file = (path: string, content = 'a'): WorkspaceFile => ({ path, checksum: content, bytes: 1 });
const at = '2026-01-01T00:00:00.000Z';

describe('the state machine', () => {
  it.each(cells)('$state, $command: allowed $allowed', ({ state, command, allowed }) => {
    if (allowed) {
      requireAllowed('42', state, command);
      expect(workspaceTransitions[state][command]?.length).toBeGreaterThan(0);
      return;
    }
    try {
      requireAllowed('42', state, command);
      throw new Error('it was allowed');
    } catch (error) {
      const { code, message, details } = error as Conflict;
      expect([code, details]).toEqual([
        'WORKSPACE_STATE_INVALID',
        { slug: '42', state, command, allowed: allowedCommands(state) },
      ]);
      for (const part of ['42', state, command, ...allowedCommands(state)]) expect(message).toContain(part);
    }
  });

  it('knows no command besides these, and leads only to states there are', () => {
    for (const [state, row] of table) {
      expect([...allowedCommands(state)].sort()).toEqual(
        commands.filter((_, index) => row[index] === '+').sort(),
      );
      for (const next of Object.values(workspaceTransitions[state]).flat()) {
        expect(table.map(([name]) => name)).toContain(next);
      }
    }
  });

  it('leads out of an ended workspace only by a new start', () => {
    for (const state of ['finished', 'abandoned'] as const) expect(allowedCommands(state)).toEqual(['start']);
  });
});

describe('the state of a workspace', () => {
  const baseline = [file('a'), file('b')];

  it.each<[WorkspaceState, Parameters<typeof workspaceState>[0], WorkspaceFile[]]>([
    ['clean', { baseline }, baseline],
    ['active', { baseline, savedAt: at }, baseline],
    ['dirty', { baseline }, [file('a')]],
    ['dirty', { baseline }, [file('a'), file('b', 'other')]],
    ['dirty', { baseline, savedAt: at }, [...baseline, file('c')]],
    ['dirty', { baseline, savedAt: at }, []],
    ['finished', { baseline, savedAt: at, end: { as: 'finished', at } }, []],
    ['abandoned', { baseline, end: { as: 'abandoned', at } }, baseline],
    ['clean', { baseline: [] }, []],
  ])('is %s (%#)', (state, manifest, scan) => {
    expect(workspaceState(manifest, scan)).toBe(state);
  });
});

describe('the difference from the baseline', () => {
  const files = fc
    .uniqueArray(
      fc.record({ path: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), content: fc.constantFrom('1', '2') }),
      {
        selector: ({ path }) => path,
      },
    )
    .map((list) => list.map(({ path, content }) => file(path, content)));

  it('puts every path into one list at most, and into the right one', () => {
    fc.assert(
      fc.property(files, files, (baseline, scan) => {
        const diff = diffWorkspace(baseline, scan);
        const listed = [...diff.changed, ...diff.missing, ...diff.unknown];
        expect(new Set(listed).size).toBe(listed.length);
        for (const path of 'abcdef') {
          const saved = baseline.find((each) => each.path === path)?.checksum;
          const found = scan.find((each) => each.path === path)?.checksum;
          expect(diff.missing.includes(path)).toBe(saved !== undefined && found === undefined);
          expect(diff.unknown.includes(path)).toBe(saved === undefined && found !== undefined);
          expect(diff.changed.includes(path)).toBe(
            saved !== undefined && found !== undefined && saved !== found,
          );
        }
      }),
    );
  });

  it('is none exactly when the files are those of the baseline, in any order', () => {
    fc.assert(
      fc.property(files, files, (baseline, scan) => {
        const key = (list: readonly WorkspaceFile[]) =>
          list
            .map(({ path, checksum }) => path + checksum)
            .sort()
            .join();
        expect(differs(diffWorkspace(baseline, scan))).toBe(key(baseline) !== key(scan));
        expect(differs(diffWorkspace(baseline, [...baseline].reverse()))).toBe(false);
      }),
    );
  });
});
