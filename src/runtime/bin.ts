import { fstatSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { AppError, EXIT } from '../errors.ts';
import { changeFile } from './bin-files.ts';
import { main } from './main.ts';
import type { Host, Output } from './shared/host.ts';

/** systemd names the journal's socket in JOURNAL_STREAM; only a stream that is this very file leads there. */
function isJournal(descriptor: number): boolean {
  const { JOURNAL_STREAM: journal } = process.env;
  if (!journal) return false;
  const { dev, ino } = fstatSync(descriptor);
  return journal === `${dev}:${ino}`;
}

function output(stream: NodeJS.WriteStream, descriptor: number): Output {
  // A reader that went away (`… | head`), or a full disk, must not stop maintenance that is half done. Whoever reads the exit
  // code must learn that the report was lost; it is set at the very end, since the job's own may come after this event.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.once('exit', () => {
      process.exitCode ||= EXIT.missing;
    });
    if (stream !== process.stderr) process.stderr.write(`cannot write to stdout: ${error.message}\n`);
  });
  return {
    write: (text) => stream.write(text),
    isTerminal: stream.isTTY ?? false,
    isJournal: isJournal(descriptor),
  };
}

/** A container may run as a number that has no name; that is no error. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'info' in error) return undefined;
    throw error;
  }
}

const stop = new AbortController();
process.once('SIGINT', () =>
  stop.abort(new AppError('interrupted', 'stopped by SIGINT; the next run goes on from here')),
);
process.once('SIGTERM', () =>
  stop.abort(new AppError('terminated', 'stopped by SIGTERM; the next run goes on from here')),
);

const host: Host = {
  environment: process.env,
  readFile: (path) => readFileSync(path),
  changeFile: (path, change) => changeFile({ now: Date.now, random: Math.random }, path, change),
  permissions: (path) => statSync(path).mode & 0o777,
  userName,
  now: Date.now,
  elapsed: () => performance.now(),
  random: Math.random,
  sleep: async (milliseconds) => {
    try {
      await setTimeout(milliseconds, undefined, { signal: stop.signal });
    } catch (error) {
      throw stop.signal.aborted ? stop.signal.reason : error;
    }
  },
  signal: stop.signal,
  out: output(process.stdout, 1),
  err: output(process.stderr, 2),
};

main(process.argv.slice(2), host).then((exitCode) => {
  process.exitCode = exitCode;
});
