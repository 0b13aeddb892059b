import { type SpawnSyncOptions, spawnSync } from 'node:child_process';

/** A program to be timed. `prepare` runs before each run and is not timed. */
export type Subject = {
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly prepare?: () => void;
};

// Where it is set, bare node takes more than twice as long, and every ratio looks better than on a user's host.
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...environment } = process.env;

/** Milliseconds from start to end. A run that fails ends the benchmark. */
function time({ command: [program, ...args], environment: added, prepare }: Subject): number {
  prepare?.();
  const options: SpawnSyncOptions = { env: { ...environment, ...added }, stdio: ['ignore', 'ignore', 'pipe'] };
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(program, args, options);
  const end = process.hrtime.bigint();
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(end - start) / 1e6;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Medians in milliseconds. The subjects take turns, so that a busy moment of the machine hits all of them alike. */
export function compare<Name extends string>(
  subjects: Readonly<Record<Name, Subject>>,
  rounds: number,
): Record<Name, number> {
  const names = Object.keys(subjects) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) time(subjects[name]);
  for (let round = 0; round < rounds; round++) for (const name of names) times.get(name)?.push(time(subjects[name]));
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}
