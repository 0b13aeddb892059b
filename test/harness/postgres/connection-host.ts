import { readFileSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Host } from '../../../src/runtime/shared/host.ts';

export type TestHost = { readonly host: Host; readonly talk: () => string };

/** A host with the real clock and files whose talk is kept; the environment is empty unless given. */
export function createHost(rest: Partial<Host> = {}): TestHost {
  let talk = '';
  const { signal = new AbortController().signal } = rest;
  const output = (keep: (text: string) => void) => ({ write: keep, isTerminal: false, isJournal: false });
  const host: Host = {
    environment: {},
    readFile: (path) => readFileSync(path),
    changeFile: () => {
      throw new Error('no file is to be changed');
    },
    permissions: (path) => statSync(path).mode & 0o777,
    userName: () => 'postgres',
    now: Date.now,
    elapsed: () => performance.now(),
    random: Math.random,
    sleep: (milliseconds) =>
      setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      }),
    signal,
    out: output(() => undefined),
    err: output((text) => {
      talk += text;
    }),
    ...rest,
  };
  return { host, talk: () => talk };
}
