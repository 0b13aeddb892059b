import { describe, expect, test } from 'vitest';
import { keepsItsWord } from '../../harness/faults/keeps-word.ts';
import { FIRST_HELPER, runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { leavePending } from '../../harness/jobs/interrupted.ts';
import { addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { commentOf, leftovers, setBack } from '../../harness/postgres/holding.ts';
import { makePlain } from '../../harness/postgres/hostile-role.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

const RETAIN = ['retention', '12', 'false'];
const heldName = (offset: number) => partitionName(offset).replace('scanner.', 'hotlookup_grace.');
const isThere = async (database: Database, name: string) =>
  (await database.query(`select where to_regclass('${name}') is not null`)).length === 1;

/** The helper of 0.1.0 cannot bear what the role brings along. */
const becomePlain = (database: Database) => makePlain(database, OWNER);

/** Two months in grace for ten days, put there by a helper. */
async function putIntoGrace(database: Database, bundle?: string): Promise<void> {
  if (bundle === FIRST_HELPER) await becomePlain(database);
  await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
  await addMonths(database, -14, -1);
  const { exitCode, stderr } = await startHelper(database, {
    options: '--grace-days 10',
    ...(bundle === undefined ? {} : { bundle }),
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

/** The clock of what the helper of 0.1.0 has marked goes on. */
const setFirstBack = (database: Database, days: number) =>
  database.query(`do $$ declare t record; begin
    for t in select objoid::regclass as name, substr(description, 11)::jsonb as old
      from pg_description where classoid = 'pg_class'::regclass and description like 'hotlookup {%' loop
      execute format('comment on table %s is %L', t.name, 'hotlookup ' || (t.old || jsonb_build_object(
        'at', (t.old->>'at')::timestamptz - interval '${days} days'))::text);
    end loop; end $$`);

describe.each(someServer('grace-promise'))('$label', (server) => {
  test(
    'a shorter spec takes nothing back of what was promised, unless a person says so for one run',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      for (const options of ['--grace-days 0', '--grace-days 3']) {
        expect(await keepsItsWord(database, { role: OWNER, args: RETAIN, options })).toMatchObject({
          exitCode: 0,
          stderr: '',
          wrong: [],
          report: { partitions: expect.arrayContaining([expect.objectContaining({ action: 'in-grace' })]) },
        });
        expect(await isThere(database, heldName(-14))).toBe(true);
      }
      const args = [...RETAIN, '--apply-grace-days'];
      const ended = await keepsItsWord(database, { role: OWNER, args, options: '--grace-days 0' });
      expect(ended).toMatchObject({ exitCode: 0, wrong: [] });
      expect(ended.report?.partitions.slice(0, 2).map(({ action, from }) => `${action} ${from}`)).toEqual(
        [-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`),
      );
    }),
  );

  test(
    'a longer spec is for later ones: what is in grace ends when it was promised',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await setBack(database, 10);
      expect(await runHelper(database, { options: '--grace-days 30' })).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await isThere(database, heldName(-14))).toBe(false);
    }),
  );

  test.each([
    ['in grace', '--grace-days 0'],
    ['in grace', '--grace-days 3'],
  ])('old meets new: what is %s is left alone by the helper of 0.1.0 with %s', (_, options) =>
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      const before = await commentOf(database, heldName(-14));
      expect(before).toMatch(/^hotlookup marker \{"formatVersion":2,/);
      await becomePlain(database);
      const old = await startHelper(database, { options, bundle: FIRST_HELPER });
      expect(old).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await commentOf(database, heldName(-14))).toBe(before);
      expect(await partitionsOf(database)).toHaveLength(14);
    })(),
  );

  test(
    'old meets new: a detach that a new run has left pending stays, and the next new run finishes it',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await leavePending(database);
      await becomePlain(database);
      const old = await startHelper(database, { bundle: FIRST_HELPER });
      expect(old).toMatchObject({ exitCode: 7, stderr: expect.stringContaining("somebody else's detach") });
      expect(await runHelper(database)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'new meets old: the first run writes down when its grace ends and says so; a shorter spec after that changes nothing',
    onDatabase(server, async (database) => {
      await putIntoGrace(database, FIRST_HELPER);
      expect(await commentOf(database, heldName(-14))).toMatch(/^hotlookup \{/);
      const first = await keepsItsWord(database, { role: OWNER, args: RETAIN, options: '--grace-days 7' });
      expect(first).toMatchObject({ exitCode: 0, stderr: '', wrong: [] });
      const [line] = first.report?.partitions ?? [];
      expect(line).toMatchObject({ action: 'in-grace', reason: expect.stringContaining('its end is written down: ') });
      const comment = (await commentOf(database, heldName(-14))) ?? '';
      const { at, until } = JSON.parse(comment.replace('hotlookup marker ', ''));
      expect(Date.parse(until) - Date.parse(at)).toBe(7 * 86_400_000);
      expect(await runHelper(database, { options: '--grace-days 0' })).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await commentOf(database, heldName(-14))).toBe(comment);
    }),
  );

  test(
    'new meets old: one whose time is over by the spec is dated first, and dropped by the run after that',
    onDatabase(server, async (database) => {
      await putIntoGrace(database, FIRST_HELPER);
      await setFirstBack(database, 10);
      const options = '--grace-days 10';
      expect(await keepsItsWord(database, { role: OWNER, args: RETAIN, options })).toMatchObject({ wrong: [] });
      expect(await isThere(database, heldName(-14))).toBe(true);
      expect(await keepsItsWord(database, { role: OWNER, args: RETAIN, options })).toMatchObject({ wrong: [] });
      expect(await isThere(database, heldName(-14))).toBe(false);
    }),
  );

  test(
    'new meets old: attached, pending and restoring ones are brought on as those of its own',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await becomePlain(database);
      await leavePending(database, undefined, FIRST_HELPER);
      await database.query(
        `comment on table ${partitionName(-2)} is 'hotlookup ${JSON.stringify({
          ...{ set: 'scanner-artifact-boms', table: 'scanner.artifact_boms', partition: partitionName(-2), oid: 0 },
          ...{ from: `${firstOfMonth(-2)}T00:00:00.000Z`, to: `${firstOfMonth(-1)}T00:00:00.000Z` },
          ...{ at: new Date().toISOString(), version: '0.1.0', comment: 'mine' },
        })}'`,
      );
      await database.query(`update pg_description set description = replace(description, '"oid":0', '"oid":' || objoid)
        where objoid = '${partitionName(-2)}'::regclass`);
      expect(await keepsItsWord(database, { role: OWNER, args: RETAIN })).toMatchObject({
        exitCode: 0,
        stderr: '',
        wrong: [],
      });
      expect(await commentOf(database, partitionName(-2))).toBe('mine');
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await leftovers(database)).toEqual([]);
    }),
  );
});
