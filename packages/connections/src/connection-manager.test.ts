import { describe, expect, it } from '@jest/globals';
import type { Connection, ConnectionHealth } from './connection.js';
import { ConnectionManager } from './connection-manager.js';

class FakeConnection implements Connection {
  readonly kind = 'sql';
  opened = 0;
  failNext = false;
  failClose = false;

  constructor(
    readonly name: string,
    readonly log: string[] = [],
  ) {}

  async open(): Promise<void> {
    this.opened += 1;
    await Promise.resolve();
    if (this.failNext) {
      this.failNext = false;
      throw new Error('not now');
    }
    this.log.push(`open ${this.name}`);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.log.push(`close ${this.name}`);
    if (this.failClose) throw new Error(`${this.name} stays`);
  }

  health(): Promise<ConnectionHealth> {
    return Promise.resolve({ status: 'up', latencyMs: 1 });
  }

  stats() {
    return { open: this.opened > 0, leases: {} };
  }
}

describe('ConnectionManager', () => {
  it('opens a connection once, when it is first needed', async () => {
    const manager = new ConnectionManager();
    const connection = new FakeConnection('a');
    manager.add(connection);
    expect(connection.opened).toBe(0);
    await Promise.all([manager.open('a'), manager.open('a')]);
    await manager.open('a');
    expect(connection.opened).toBe(1);
  });

  it('tries again after a failed attempt', async () => {
    const manager = new ConnectionManager();
    const connection = new FakeConnection('a');
    connection.failNext = true;
    manager.add(connection);
    await expect(manager.open('a')).rejects.toThrow('not now');
    await manager.open('a');
    expect(connection.log).toEqual(['open a']);
  });

  it('closes all that is open, the last opened first, once', async () => {
    const log: string[] = [];
    const manager = new ConnectionManager();
    for (const name of ['a', 'b', 'c']) manager.add(new FakeConnection(name, log));
    await manager.open('c');
    await manager.open('a');
    await Promise.all([manager.close(), manager.close()]);
    expect(log).toEqual(['open c', 'open a', 'close a', 'close c']);
    await expect(manager.open('b')).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  it('closes the others when one fails to, and says so', async () => {
    const log: string[] = [];
    const manager = new ConnectionManager();
    const bad = new FakeConnection('bad', log);
    bad.failClose = true;
    manager.add(new FakeConnection('good', log));
    manager.add(bad);
    await manager.open('good');
    await manager.open('bad');
    await expect(manager.close()).rejects.toThrow('bad stays');
    expect(log.slice(2)).toEqual(['close bad', 'close good']);
  });

  it('tells the health and use of each by name, and does not open one for it', async () => {
    const manager = new ConnectionManager();
    manager.add(new FakeConnection('a'));
    manager.add(new FakeConnection('b'));
    await manager.open('a');
    expect(await manager.health()).toEqual({
      a: { status: 'up', latencyMs: 1 },
      b: { status: 'closed', latencyMs: 0 },
    });
    expect(manager.stats()).toEqual({
      a: { kind: 'sql', open: true, leases: {} },
      b: { kind: 'sql', open: false, leases: {} },
    });
  });

  it('refuses two connections of one name, and a name it does not know', async () => {
    const manager = new ConnectionManager();
    manager.add(new FakeConnection('a'));
    expect(() => manager.add(new FakeConnection('a'))).toThrow('already a connection named "a"');
    await expect(manager.open('b')).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });
});
