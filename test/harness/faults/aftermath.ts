import type pg from 'pg';
import { EXIT } from '../../../src/errors.ts';
import type { Report } from '../../../src/runtime/job/report.ts';
import { firstOfMonth } from '../jobs/jobs.ts';
import type { Database } from '../postgres/database.ts';
import { ALONE } from '../postgres/holding.ts';
import { differences, faultsOf, untruths } from './invariants.ts';
import { keepsItsWord } from './keeps-word.ts';
import { type Prepared, runWell } from './prepare.ts';
import { KEPT } from './scenarios.ts';
import { liveRows, type TableState, tablesOf } from './snapshot.ts';
import type { Victim } from './victim.ts';
import { startWriter, type Written } from './writer.ts';

/** The states in which runs of a scenario were stopped. In each one that is new, the other job must work. */
export type SeenStates = Set<string>;

/** Polls until the server has noticed that the run is gone: that has no event to wait for. */
async function untilAlone(client: pg.Client): Promise<void> {
  for (const deadline = Date.now() + 20_000; (await client.query(ALONE)).rowCount === 0; ) {
    if (Date.now() > deadline) throw new Error('the session of the run that is gone is still there');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Looks at what a fault has left, lets the next run go on from there, and gives all that is wrong then and at the end. */
export async function aftermath(victim: Victim, seen: SeenStates): Promise<string[]> {
  const { database, prepared } = victim;
  return database.connect(async (client) => {
    await untilAlone(client);
    await victim.blocker?.end();
    const halfway = await tablesOf(client);
    const wrong = [...faultsOf(prepared.start, halfway, firstOfMonth(-KEPT)), ...(await toldWrong(victim, halfway))];
    const later = startWriter(database, 'after', prepared.scenario);
    const state = JSON.stringify(halfway);
    const isNew = !seen.has(state);
    seen.add(state);
    if (isNew) await runWell(database, prepared.scenario, prepared.scenario.other);
    wrong.push(...(await runAgain(database, prepared)));
    const written = [await victim.writer.stop(), await later.stop()];
    wrong.push(...faultsOfWriting(written, await liveRows(client)));
    await untilAlone(client);
    const expected = isNew ? prepared.endWithOther : prepared.end;
    return [...wrong, ...differences(expected, await tablesOf(client))];
  });
}

/** A run that was not killed tells what it did, or that it does not know. */
async function toldWrong({ run, prepared }: Victim, now: readonly TableState[]): Promise<string[]> {
  const { stdout, stderr, signal } = await run;
  const told: Report | { readonly error: unknown } | undefined = stdout === '' ? undefined : JSON.parse(stdout);
  if (told && 'partitions' in told) return untruths(told, now);
  const isTold = signal === 'SIGKILL' || (prepared.scenario.args[0] === 'ensure' && stderr.includes('is unknown'));
  return isTold || differences(prepared.start, now).length === 0 ? [] : [`it says nothing of what it did: ${stderr}`];
}

/** A dry run, then the same run as a timer starts it, which must do what was foretold; once more if the server has not noticed yet that the one before is gone. */
async function runAgain(database: Database, { scenario }: Prepared): Promise<readonly string[]> {
  const { role, args, options = '' } = scenario;
  for (const deadline = Date.now() + 20_000; ; ) {
    const { exitCode, stderr, wrong } = await keepsItsWord(database, { role, args, options });
    if (exitCode === EXIT.done && stderr === '') return wrong;
    if (exitCode !== EXIT.locked || Date.now() > deadline) throw new Error(`the next run: ${exitCode} ${stderr}`);
    await database.connect(untilAlone);
  }
}

/** What was acknowledged is there; one row of each writer that was cut off may be, too. */
function faultsOfWriting(written: readonly Written[], found: number): string[] {
  const least = written.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const most = least + written.filter(({ isLost }) => isLost).length;
  const refusals = written.flatMap((one) => one.refusals.map((message) => `a row was refused: ${message}`));
  if (found >= least && found <= most) return refusals;
  return [...refusals, `${least} rows were stored meanwhile, and there are ${found}`];
}
