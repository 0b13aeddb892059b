import { join } from 'node:path';
import type { EmbeddedDatabase, World } from '../world.ts';
import type { DemoEvent, DemoResult, Partition, Run } from './events.ts';
import { nameOfMonth, startOfMonth } from './months.ts';
import { fillScene, insertAt, JOB_ROLE, selectPartitions } from './scene.ts';

/** What the demo needs of a rendered tree: where it lies and the parts that are used. Paths are relative to the folder. */
export type Stage = {
  readonly folder: string;
  /** Every file of the tree. */
  readonly paths: readonly string[];
  readonly table: string;
  readonly migration: string;
  readonly ensure: string;
  readonly retention: string;
};

/** Sets the scene in an embedded database and runs the three jobs by the tree's own scripts. */
export async function play(
  world: World,
  stage: Stage,
  signal: AbortSignal,
  tell: (event: DemoEvent) => void,
): Promise<DemoResult> {
  // Looked for now, so that a machine without it says so before anything takes time.
  await world.processes.run('bash', ['-c', 'exit']);
  tell({ kind: 'rendered', folder: stage.folder, paths: stage.paths });
  tell({ kind: 'booting' });
  const started = world.now().getTime();
  const database = await world.startDatabase();
  try {
    signal.throwIfAborted();
    const version = await versionOf(database);
    tell({ kind: 'booted', version, milliseconds: world.now().getTime() - started });
    const now = world.now();
    const before = await setScene(world, stage, database, now);
    tell({ kind: 'filled', migration: stage.migration, partitions: before, now });
    tell({ kind: 'opened', dsn: dsnOf(database, '***') });
    const runs = await act({ world, stage, signal, tell, database, now });
    return { now, before, after: await partitionsOf(database, stage.table), runs };
  } finally {
    await database.stop();
  }
}

type Actors = {
  world: World;
  stage: Stage;
  signal: AbortSignal;
  tell: (event: DemoEvent) => void;
  database: EmbeddedDatabase;
  now: Date;
};

async function act(actors: Actors): Promise<Run[]> {
  const { stage } = actors;
  const runs: Run[] = [];
  const run = async (script: string, ...args: string[]) => {
    const done = await runScript(actors, script, args);
    runs.push(done);
    return done.exitCode === 0;
  };
  await insertEarly(actors);
  if (!(await run(stage.ensure, '1'))) return runs;
  await insertEarly(actors);
  if (!(await run(stage.retention, '12', 'true'))) return runs;
  await run(stage.retention, '12', 'false');
  return runs;
}

async function setScene(world: World, stage: Stage, database: EmbeddedDatabase, now: Date): Promise<Partition[]> {
  const migration = world.files.read(join(stage.folder, stage.migration));
  if (!migration) throw new Error(`the rendered tree has no ${stage.migration}`);
  await database.execute(migration.toString());
  await database.execute(fillScene(stage.table, now));
  return partitionsOf(database, stage.table);
}

/** Tries a row of the coming month, as ingest does on the first day of it. */
async function insertEarly({ stage, database, now, tell }: Actors): Promise<void> {
  const instant = startOfMonth(now, 1);
  const refusal = await refusalOf(database, insertAt(stage.table, instant));
  tell({ kind: 'inserted', month: nameOfMonth(instant), refusal });
}

/** The message with which the table refuses a row that no partition takes (23514); any other error is passed on. */
async function refusalOf(database: EmbeddedDatabase, statement: string): Promise<string | undefined> {
  try {
    await database.execute(statement);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '23514') return error.message;
    throw error;
  }
}

async function runScript(
  { world, stage, signal, tell, database }: Actors,
  script: string,
  args: string[],
): Promise<Run> {
  await database.openFor(JOB_ROLE);
  let output = '';
  const { exitCode } = await world.processes.run('bash', [join(stage.folder, script), ...args], {
    environment: { PG_DSN: dsnOf(database, 'any') },
    onOutput: (chunk) => {
      output += chunk;
    },
    signal,
  });
  signal.throwIfAborted();
  const run = { command: [`./${script}`, ...args].join(' '), exitCode, output };
  tell({ kind: 'ran', run });
  return run;
}

function dsnOf({ port }: EmbeddedDatabase, password: string): string {
  return `Host=127.0.0.1;Port=${port};Database=postgres;Username=${JOB_ROLE};Password=${password}`;
}

async function partitionsOf(database: EmbeddedDatabase, table: string): Promise<Partition[]> {
  return database.query<Partition>(selectPartitions(table));
}

async function versionOf(database: EmbeddedDatabase): Promise<string> {
  const [row] = await database.query<{ version: string }>("select current_setting('server_version') as version");
  return row?.version ?? 'unknown';
}
