import { describe, expect, inject, test } from 'vitest';
import { runHelper } from '../../harness/jobs/helper.ts';
import { onDatabase } from '../../harness/jobs/jobs.ts';
import { catalogOf } from '../../harness/jobs/restoring.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';

describe.each(inject('servers'))('$label', (server) => {
  test.each(['date', 'timestamp', 'timestamp(3)', 'timestamptz'])(
    'a key of type %s, under names that must be quoted',
    (type) =>
      onDatabase(server, async (database) => {
        const options = '--table scanner.Log';
        const request = (...args: string[]) => ({ options, args: ['restore', '2020-02', ...args] });
        await database.query(`set timezone = 'UTC'; create table scanner."Log" ("At ""x""" ${type} not null, "n" int, primary key ("At ""x""", n)) partition by range ("At ""x""");
        create index on scanner."Log" ((n + 1)) where n > 0; create unique index on scanner."Log" (n desc, "At ""x""");
        create table scanner."Log_x" partition of scanner."Log" for values from ('2020-02-01 00:00+00') to ('2020-03-01 00:00+00');
        insert into scanner."Log" select '2020-02-29 12:00+00', i from generate_series(1, 5) i;
        alter table scanner."Log" owner to ${OWNER}; alter table scanner."Log_x" owner to ${OWNER}`);
        const before = await catalogOf(database, 'scanner."Log_x"');
        await database.query('alter table scanner."Log" detach partition scanner."Log_x" concurrently');
        await database.query('drop index scanner."Log_x_n_At ""x""_idx", scanner."Log_x_expr_idx"');
        const shown = await runHelper(database, request('--from-table', 'scanner.Log_x', '--dry-run'));
        expect(shown).toMatchObject({ exitCode: 0 });
        // The check that the detach left is as good as one of our own.
        const sent = shown.report.plan?.statements.map(({ sql }) => sql).join('\n') ?? '';
        expect(sent).not.toMatch(/ADD CONSTRAINT|VALIDATE/);
        const ran = await runHelper(database, request('--from-table', 'scanner.Log_x'));
        expect(ran).toMatchObject({ exitCode: 0, report: { restoredRows: { before: 5, after: 5 } } });
        expect(await catalogOf(database, 'scanner."Log_x"')).toEqual(before);
        expect(await runHelper(database, request())).toMatchObject({ exitCode: 0 });
      })(),
  );
});
