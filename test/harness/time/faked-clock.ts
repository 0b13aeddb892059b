import { chmodSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHORT_PARENT } from '../postgres/cluster.ts';
import { makeTemporary } from '../runner/temporary.ts';
import type { Instant } from './timers.ts';

/** libfaketime for this machine's programs, wherever its distribution keeps it; undefined if it is not installed. */
function findLibrary(): string | undefined {
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))])
    .map((folder) => join(folder, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path));
}

const LIBRARY = findLibrary();

/** For `describeNeeding`. */
export const FAKED_CLOCKS = {
  others: LIBRARY === undefined ? ['libfaketime: run `npm run test:setup`'] : [],
};

/** Environment in which a program's clock is ahead of this machine's by so many days. */
export function daysAhead(days: number): Record<string, string> {
  return { LD_PRELOAD: library(), FAKETIME: `+${days}d`, DONT_FAKE_MONOTONIC: '1' };
}

function library(): string {
  if (LIBRARY === undefined) throw new Error('libfaketime is not installed');
  return LIBRARY;
}

/** A clock of programs that are started with its environment; it goes on by itself from where it was set. */
export type FakedClock = {
  readonly environment: Readonly<Record<string, string>>;
  /** Never while a program is in a statement: PostgreSQL's timeouts are instants of this clock. */
  set(instant: Instant): void;
  dispose(): void;
};

/**
 * Set it to the past only: in a signal handler that interrupts libfaketime itself, a program sees the real time. PostgreSQL asks
 * there whether a timeout is over, and a real time that is earlier would put the timeout off by years.
 */
export function createFakedClock(): FakedClock {
  const LD_PRELOAD = library();
  const folder = makeTemporary('clock', SHORT_PARENT);
  chmodSync(folder, 0o755);
  const file = join(folder, 'offset');
  return {
    environment: {
      LD_PRELOAD,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    set(instant) {
      const now = Date.now();
      if (instant > now) throw new Error(`a faked clock cannot be ahead of the real one: ${new Date(instant)}`);
      // A reader sees the old offset or the new one, never a part of it.
      writeFileSync(`${file}.new`, `-${((now - instant) / 1_000).toFixed(3)}\n`);
      renameSync(`${file}.new`, file);
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
