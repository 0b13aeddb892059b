import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, inject, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import {
  catalogOf,
  furnish,
  GRACE,
  heldName,
  monthText,
  OLDEST,
  putIntoGrace,
  runRestore,
  takeOldest,
} from '../../harness/jobs/restoring.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { commentOf } from '../../harness/postgres/holding.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const asOwner = (database: Database, text: string) => database.connect((owner) => owner.query(text), OWNER);

/** The definitions of its constraints and triggers, without its name and those of constraints. */
const shapes = async (database: Database, table: string) =>
  (await catalogOf(database, table))
    .flatMap((line) => line.match(/^(?:trigger|constraint) \S+ (.*)$/)?.[1] ?? [])
    .map((line) => line.replaceAll(table, '…'))
    .sort();

describe.each(someServer('restore-backup'))('$label', (server) => {
  test(
    'a table without index, key and check gets them all before it is attached, keeps its name and comment, and has its columns in another order',
    onDatabase(server, async (database) => {
      await furnish(database);
      await addMonths(database, -1, -1);
      await asOwner(
        database,
        `create table scanner.copy as select evidence_score, inserted_at, build_id, canonical_bom_sha256, payload_digest, raw_bom_ref, canonical_bom_ref,
            dsse_envelope_ref, merged_vex_ref, rekor_tile_id, canonical_bom, merged_vex, attestations from ${PARENT} where false;
          comment on table scanner.copy is 'from tape 7';
          alter table scanner.copy alter column inserted_at set not null, alter column build_id set not null, alter column canonical_bom_sha256 set not null,
            alter column payload_digest set not null, add constraint scored check (evidence_score >= 0);
          insert into scanner.copy (build_id, canonical_bom_sha256, payload_digest, inserted_at, canonical_bom)
            select 'b' || i, 's', 'digest', '${firstOfMonth(OLDEST)} 12:00+00', '{}' from generate_series(1, 100) i`,
      );
      const ran = await runRestore(database, ['--from-table', 'scanner.copy']);
      expect(ran).toMatchObject({
        exitCode: 0,
        report: {
          partitions: [{ partition: 'scanner.copy', rows: 100, action: 'restored' }],
          restoredRows: { before: 100, after: 100 },
        },
      });
      expect(await commentOf(database, 'scanner.copy')).toBe('from tape 7');
      const partners = await database.query<{ missing: string }>(
        `select indexrelid::regclass as missing from pg_index p where indrelid = '${PARENT}'::regclass and not exists (
          select from pg_inherits join pg_index c on c.indexrelid = inhrelid where inhparent = p.indexrelid and c.indrelid = 'scanner.copy'::regclass and c.indisvalid)`,
      );
      expect(partners).toEqual([]);
      expect(await shapes(database, 'scanner.copy')).toEqual(await shapes(database, partitionName(-1)));
      expect(await runRestore(database, ['--from-table', 'scanner.copy'])).toMatchObject({ exitCode: 0 });
    }),
  );

  test(
    'an invalid index counts as missing, and is named',
    onDatabase(server, async (database) => {
      await asOwner(
        database,
        `create table scanner.copy (like ${PARENT} including all);
          insert into scanner.copy (build_id, canonical_bom_sha256, payload_digest, inserted_at)
          select 'b' || i, 's', 'd', '${firstOfMonth(OLDEST)} 12:00+00' from generate_series(1, 9) i`,
      );
      const [index] = await database.query<{ name: string }>(
        `update pg_index set indisvalid = false where indexrelid = (select indexrelid from pg_index where indrelid = 'scanner.copy'::regclass and indpred is not null)
          returning indexrelid::regclass as name`,
      );
      const ran = await runRestore(database, ['--from-table', 'scanner.copy']);
      expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('invalid indexes') });
      expect(index?.name).toMatch(/copy/);
      expect(
        await database.query(`select from pg_index where indrelid = 'scanner.copy'::regclass and indpred is not null`),
      ).toHaveLength(2);
    }),
  );

  test(
    "a copy of a marked table is not what the marker says; with its name it is restored, and gets the person's comment back",
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.query(`comment on table ${heldName(OLDEST)} is 'x'`);
      const marker = `hotlookup ${JSON.stringify({ set: 'scanner-artifact-boms', table: PARENT, partition: partitionName(OLDEST), oid: 1, from: `${firstOfMonth(OLDEST)}T00:00:00.000Z`, to: `${firstOfMonth(OLDEST + 1)}T00:00:00.000Z`, at: '2026-01-01T00:00:00.000Z', version: '0.1.0', comment: 'mine' })}`;
      await database.query(`comment on table ${heldName(OLDEST)} is '${marker}'`);
      const args = ['restore', monthText(OLDEST)];
      const refused = await startHelper(database, { options: GRACE, args });
      expect(refused).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`--from-table ${heldName(OLDEST)}`),
      });
      expect(await runRestore(database, ['--from-table', heldName(OLDEST)])).toMatchObject({ exitCode: 0 });
      expect(await commentOf(database, partitionName(OLDEST))).toBe('mine');
    }),
  );
});

const debian = inject('servers').find(({ bin }) => existsSync(join(bin, 'pg_dump')));

describeNeeding({ debianServer: true }, 'with pg_dump and pg_restore', () => {
  /** Dumps one table, drops it, and brings it back. */
  async function roundTrip(database: Database, table: string, forget: () => Promise<unknown>): Promise<void> {
    if (!debian) throw new Error('the server from Debian has no pg_dump');
    const folder = makeTemporary('dump');
    const target = `host=${debian.sockets} port=${debian.port} user=${OWNER} dbname=${database.name}`;
    try {
      await execa(join(debian.bin, 'pg_dump'), ['-Fc', '-t', table, '-f', join(folder, 'dump'), `--dbname=${target}`]);
      await forget();
      // Of an attached partition the dump holds the attaching too, which fails; its rows are in by then.
      await execa(join(debian.bin, 'pg_restore'), [`--dbname=${target}`, join(folder, 'dump')], { reject: false });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('a table in grace that was dumped and dropped comes back from its dump as it was', async () => {
    if (!debian) throw new Error('the server from Debian has no pg_dump');
    await onDatabase(debian, async (database) => {
      await furnish(database);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await addMonths(database, OLDEST, -1, 50);
      await database.query(`comment on table ${partitionName(OLDEST)} is 'mine'`);
      const before = await catalogOf(database, partitionName(OLDEST));
      await takeOldest(database);
      await roundTrip(database, heldName(OLDEST), () => asOwner(database, `drop table ${heldName(OLDEST)}`));
      const none = await startHelper(database, { options: GRACE, args: ['restore', monthText(OLDEST)] });
      expect(none).toMatchObject({ exitCode: 5, stderr: expect.stringContaining(`--from-table ${heldName(OLDEST)}`) });
      const left = await runHelper(database, { options: '--grace-days 0' });
      expect(left).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is left alone') });
      expect(await runRestore(database, ['--from-table', heldName(OLDEST)])).toMatchObject({
        exitCode: 0,
        report: { restoredRows: { before: 50, after: 50 } },
      });
      expect(await catalogOf(database, partitionName(OLDEST))).toEqual(before);
    })();
  });

  test('a partition that was dumped while it was attached comes back, too', async () => {
    if (!debian) throw new Error('the server from Debian has no pg_dump');
    await onDatabase(debian, async (database) => {
      await furnish(database);
      await addMonths(database, OLDEST, -1, 50);
      const before = await catalogOf(database, partitionName(OLDEST));
      const parts = await partitionsOf(database);
      await roundTrip(database, partitionName(OLDEST), () => startHelper(database));
      await asOwner(database, `alter table ${PARENT} detach partition ${partitionName(OLDEST)}`).catch(() => undefined);
      const ran = await runRestore(database, ['--from-table', partitionName(OLDEST)]);
      expect(ran).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toEqual(parts);
      const names = (lines: string[]) => lines.filter((line) => !line.startsWith('constraint'));
      expect(names(await catalogOf(database, partitionName(OLDEST)))).toEqual(names(before));
    })();
  });
});
