import type { BoardRules } from '@markitect/domain';
import { definePort } from '@markitect/ports';
import type { Board, BoardRequest } from './board.js';
import type { IssuePorts } from './issue-ports.js';
import { readBoard } from './read-board.js';

/** Puts boards together. A port, because to do so reads much: all that can be done with a port can be done with it. */
export interface BoardReader {
  /** The board as it is. Throws Invalid `REQUEST_INVALID` and what the ports it reads from throw. */
  read(request: BoardRequest): Promise<Board>;
}

export const boardReaderPort = definePort<BoardReader>('BoardReader', {
  read: { kind: 'read', idempotent: true },
});

/** The board of a tracker: the one it keeps, else by the rules. */
export function boardReader(
  ports: Pick<IssuePorts, 'issues' | 'projects' | 'blockers'>,
  rules: BoardRules,
): BoardReader {
  return { read: (request) => readBoard(ports, rules, request) };
}
