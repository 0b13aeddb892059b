import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load.ts';

/** Who inserts where and how often. Sockets trust everybody, so that there is no password. */
export type LoadRequest = {
  readonly sockets: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
  readonly clients: number;
  /** By all clients together. */
  readonly perSecond: number;
};

const WRITERS = fileURLToPath(new URL('./writers.ts', import.meta.url));

/** Runs `use` while a process of its own inserts. `warmUpRows` were inserted before its schedule began. */
export async function withLoad(
  request: LoadRequest,
  signal: AbortSignal,
  use: () => Promise<void>,
): Promise<LoadResult & { readonly warmUpRows: number }> {
  const child = fork(WRITERS, [JSON.stringify(request)], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit').then(([code, by]) => `${code ?? by}`);
  try {
    const { warmUpRows } = await messageOf<{ warmUpRows: number }>(child, ended, signal);
    child.send('begin');
    await use();
    if (!child.connected) throw new Error(`the load ended with ${await ended} before it was told to`);
    child.send('end');
    return { ...(await messageOf<LoadResult>(child, ended, signal)), warmUpRows };
  } finally {
    child.kill();
    await ended;
  }
}

async function messageOf<Message>(child: ChildProcess, ended: Promise<string>, signal: AbortSignal): Promise<Message> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: AbortSignal.any([signal, settled.signal]) }).then(
        ([message]) => message as Message,
      ),
      ended.then((how) => {
        throw new Error(`the load ended with ${how} before it was told to`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
