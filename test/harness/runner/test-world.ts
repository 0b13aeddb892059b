import { tmpdir } from 'node:os';
import type { Files, World } from '../../../src/world.ts';

export type TestWorld = World & {
  /** What was written to stdout and stderr so far. */
  readonly said: { out: string; err: string };
};

/** A world without a terminal, programs or a database, around the given files. */
export function testWorld(files: Files, options: { color?: boolean; distribution?: string } = {}): TestWorld {
  const said = { out: '', err: '' };
  const unused = (what: string) => () => Promise.reject(new Error(`the test's world has no ${what}`));
  return {
    said,
    files,
    processes: { run: unused('programs') },
    terminal: {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
      color: options.color ?? false,
      columns: undefined,
    },
    environment: {},
    workingDirectory: tmpdir(),
    distribution: options.distribution ?? '/dist',
    now: () => new Date('2026-02-10T12:00:00Z'),
    openHost: unused('host'),
    startDatabase: unused('database'),
    interruptible: (use) => use(new AbortController().signal),
  };
}
