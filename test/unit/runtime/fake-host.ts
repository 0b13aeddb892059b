import type { Host, Output } from '../../../src/runtime/shared/host.ts';

/** A host of values: a clock that moves when something sleeps, and streams that are remembered. */
export function fakeHost(rest: Partial<Host> & { files?: Record<string, string | NodeJS.ErrnoException> } = {}) {
  const slept: number[] = [];
  const written = { out: '', err: '' };
  let clock = 0;
  const stream = (name: 'out' | 'err'): Output => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: false,
    isJournal: false,
  });
  const host: Host = {
    environment: {},
    readFile: (path) => {
      const found = rest.files?.[path] ?? Object.assign(new Error('none'), { code: 'ENOENT' });
      if (found instanceof Error) throw found;
      return Buffer.from(found);
    },
    changeFile: () => {
      throw new Error('no file is to be changed');
    },
    permissions: () => 0o600,
    userName: () => 'root',
    now: () => clock,
    elapsed: () => clock,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      clock += milliseconds;
    },
    signal: new AbortController().signal,
    out: stream('out'),
    err: stream('err'),
    ...rest,
  };
  const pass = (milliseconds: number) => {
    clock += milliseconds;
  };
  return { host, slept, written, pass };
}
