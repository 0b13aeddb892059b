import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { median } from './statistics.ts';

/** A program to be timed. `prepare` runs before each run and is not timed. */
export type Subject = {
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly prepare?: () => void;
};

// Where it is set, bare node takes more than twice as long, and every ratio looks better than on a user's host.
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;

export const BARE_NODE: Subject = { command: [process.execPath, '-e', '0'] };

/**
 * Milliseconds from start to end.
 * @throws Error if the program fails, and what `signal` says once it is aborted.
 */
export async function time({ command: [program, ...args], environment: added, prepare }: Subject, signal: AbortSignal) {
  // Nothing is heard while a program runs: this is the moment for what came meanwhile.
  await setImmediate(undefined, { signal });
  prepare?.();
  const options: SpawnSyncOptions = { env: { ...environment, ...added }, stdio: ['ignore', 'ignore', 'pipe'] };
  const start = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, args, options);
  const end = process.hrtime.bigint();
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(end - start) / 1e6;
}

/** Medians in milliseconds. The subjects take turns, so that a busy moment of the machine hits all of them alike. */
export async function compare<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  rounds: number,
  signal: AbortSignal,
): Promise<Record<Name, number>> {
  const names = Object.keys(subjects) as Name[];
  const measured = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) await time(subjects[name], signal);
  for (let round = 0; round < rounds; round++)
    for (const name of names) measured.get(name)?.push(await time(subjects[name], signal));
  return Object.fromEntries(names.map((name) => [name, median(measured.get(name) ?? [])])) as Record<Name, number>;
}
