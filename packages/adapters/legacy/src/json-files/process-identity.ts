import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errnoOf } from '../file-system-error.js';

/** Which process of which machine. */
export interface ProcessIdentity {
  /** Where the number of a process says which one it is: the machine, since when it is up, and the container. */
  readonly place: string;
  readonly pid: number;
  /** When it was started, as the system counts it; '' where the system does not say. Tells apart those of one number. */
  readonly started: string;
}

let own: ProcessIdentity | undefined;

/** This process. */
export function ownIdentity(): ProcessIdentity {
  own ??= {
    place: [
      hostname(),
      quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
      quietly(() => readlinkSync('/proc/self/ns/pid')),
    ].join(' '),
    pid: process.pid,
    started: startOf(process.pid),
  };
  return own;
}

/** Whether a process of the same place has ended. */
export function hasEnded({ pid, started }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
  const now = startOf(pid);
  // The number has been given to another one since.
  return started !== '' && now !== '' && now !== started;
}

function startOf(pid: number): string {
  // Behind the name of the program, which may contain anything: the state is the 3rd field, the start the 22nd.
  return quietly(() => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // A zombie has ended: its parent has only not looked yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  });
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
