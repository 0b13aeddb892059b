import { startHelper } from '../jobs/helper.ts';
import type { Database } from '../postgres/database.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';
import { describePoint, type Point } from './points.ts';
import { copyOf, dsnThrough, type Prepared } from './prepare.ts';
import { type Blocker, LONG_WAIT, type Stall, startBlocker, untilStalled } from './stall.ts';
import { startWriter, type Writer } from './writer.ts';

/** A place to strike at in a run of a scenario: between two statements, or while one waits. */
export type Target = { readonly prepared: Prepared } & ({ readonly point: Point } | { readonly stall: Stall });

/** A run on a database of its own that is held at its point, while somebody writes. */
export type Victim = {
  readonly prepared: Prepared;
  readonly where: string;
  readonly database: Database;
  readonly writer: Writer;
  readonly proxy: FaultProxy;
  readonly run: ReturnType<typeof startHelper>;
  /** All that is left to do is to give back the job's lock, which goes with the connection, too. */
  readonly isAtItsEnd: boolean;
  /** Who makes it wait, if anybody does. */
  readonly blocker: Blocker | undefined;
};

/** Starts the scenario's run and waits until it is where the target is. */
export async function hold(target: Target): Promise<Victim> {
  const { prepared } = target;
  const { role, args, options = '' } = prepared.scenario;
  const [point, stall] = 'point' in target ? [target.point] : [undefined, target.stall];
  const database = await copyOf(prepared);
  const writer = startWriter(database, 'before', prepared.scenario);
  const proxy = await createFaultProxy(prepared.cluster.port, point);
  const blocker = stall && (await startBlocker(database, stall));
  const dsn = dsnThrough(database, role, proxy.port);
  const run = startHelper(database, { dsn, args, options: stall ? `${options} ${LONG_WAIT}` : options });
  const where = point ? describePoint(point) : `while "${stall?.waiting}" waits`;
  const text = point?.text ?? '';
  const isAtItsEnd = text.includes('pg_advisory_unlock') && !text.includes('pg_try_advisory');
  const victim = { isAtItsEnd, prepared, where, database, writer, proxy, run, blocker };
  const ended = run.then(({ exitCode, stderr }) => {
    throw new Error(`${where}: it ended with ${exitCode} and was never there: ${stderr}`);
  });
  try {
    await Promise.race([stall ? untilStalled(database, stall) : proxy.held, ended]);
  } catch (error) {
    await clear(victim);
    throw error;
  }
  return victim;
}

/** Leaves nothing of it behind. */
export async function clear({ database, writer, proxy, run, blocker }: Victim): Promise<void> {
  run.kill('SIGKILL');
  await run;
  await proxy.close();
  await blocker?.end();
  await writer.stop();
  await database.drop();
}
