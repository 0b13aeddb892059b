import { describe, expect, inject, test } from 'vitest';
import { runHelper } from '../support/helper.ts';
import { actions, addMonths, firstOfMonth, onDatabase, partitionName } from '../support/jobs.ts';
import { partitionsOf } from '../support/partitions.ts';

describe.each(inject('servers'))('$label', (server) => {
  test(
    'detaches and drops what is due, oldest first, as the owner',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1, 3);
      const ran = await runHelper(database);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '', report: { strategy: { chosen: 'concurrent' } } });
      expect(actions(ran.report).slice(0, 4)).toEqual([
        ...[-15, -14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`),
        `kept ${firstOfMonth(-12)}`,
      ]);
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await database.query(`select to_regclass('${partitionName(-13)}') as name`)).toEqual([{ name: null }]);
    }),
  );
});
