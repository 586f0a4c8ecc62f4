import { Unavailable, Unexpected } from '@markitect/domain';
import type { Connection, ConnectionHealth, ConnectionStats } from './connection.js';

/**
 * Owns the connections of a process: each is opened when it is first needed and all are closed together, those
 * opened last first.
 */
export class ConnectionManager {
  readonly #connections = new Map<string, Connection>();
  readonly #opened = new Map<string, Promise<void>>();
  #closing: Promise<void> | undefined;

  /** Takes charge of a connection without opening it. Throws Unexpected `UNEXPECTED` for a name already taken. */
  add(connection: Connection): void {
    if (this.#connections.has(connection.name)) {
      throw new Unexpected('UNEXPECTED', `there is already a connection named "${connection.name}"`);
    }
    this.#connections.set(connection.name, connection);
  }

  /**
   * Opens a connection unless it is open; callers at the same time share one attempt, and a failed attempt may be
   * repeated. Throws what the connection throws, Unavailable `CONNECTION_CLOSED` after {@link close}, Unexpected
   * `UNEXPECTED` for a name nobody has added.
   */
  async open(name: string): Promise<void> {
    const connection = this.#connections.get(name);
    if (connection === undefined)
      throw new Unexpected('UNEXPECTED', `there is no connection named "${name}"`);
    if (this.#closing !== undefined) {
      throw new Unavailable('CONNECTION_CLOSED', `the connection "${name}" is closed for good`);
    }
    let opening = this.#opened.get(name);
    if (opening === undefined) {
      opening = connection.open();
      this.#opened.set(name, opening);
    }
    try {
      await opening;
    } catch (error) {
      if (this.#opened.get(name) === opening) this.#opened.delete(name);
      throw error;
    }
  }

  /** Asks every opened connection at once. Never throws. */
  async health(): Promise<Readonly<Record<string, ConnectionHealth>>> {
    const answers = [...this.#connections.values()].map(async (connection) => {
      const health: ConnectionHealth = this.#opened.has(connection.name)
        ? await connection.health()
        : { status: 'closed', latencyMs: 0 };
      return [connection.name, health] as const;
    });
    return Object.fromEntries(await Promise.all(answers));
  }

  /** The use of every connection, with its kind. */
  stats(): Readonly<Record<string, ConnectionStats & Pick<Connection, 'kind'>>> {
    return Object.fromEntries(
      [...this.#connections.values()].map((each) => [each.name, { kind: each.kind, ...each.stats() }]),
    );
  }

  /**
   * Closes what is open, the last opened first; each waits for its running work. All are closed even when one
   * fails; then the first failure is thrown. Calling again waits for the same end.
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const [name, opening] of [...this.#opened].reverse()) {
      try {
        await opening.catch(() => undefined);
        await this.#connections.get(name)?.close();
      } catch (error) {
        failures.push(error);
      }
      this.#opened.delete(name);
    }
    if (failures.length > 0) throw failures[0];
  }
}
