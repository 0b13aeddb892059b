import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { dsnOf, firstOfMonth, onDatabase, runScript } from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { daysAhead, FAKED_CLOCKS } from '../../harness/time/faked-clock.ts';

let tree: Tree;
beforeAll(async () => {
  tree = await writeTree();
});
afterAll(() => tree.dispose());

describe.each(inject('servers'))('$label', (server) => {
  describeNeeding(FAKED_CLOCKS, "ensure on a host that is in the database's next month already", () => {
    test(
      'provides for one more month, as the run at the start of that month has been this one',
      onDatabase(server, async (database) => {
        const ran = await runScript(tree, 'ensure', ['1'], { PG_DSN: dsnOf(database), ...daysAhead(31) });
        expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
        const months = await partitionsOf(database);
        expect(months).toHaveLength(3);
        expect(months[2]).toContain(` ${firstOfMonth(2)} 00:00:00+00 `);
      }),
    );
  });
});
