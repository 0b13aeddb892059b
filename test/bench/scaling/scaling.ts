import { rmSync } from 'node:fs';
import { writeTree } from '../../harness/render/tree.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';
import type { Bench } from '../bench.ts';
import { BARE_NODE, compare } from '../measure.ts';
import type { Section } from '../section.ts';
import { makeTemplate, specOf } from './partition-sets.ts';
import { measurePoints } from './points.ts';
import { scalingSection, skippedScaling } from './scaling-section.ts';
import { byPsql, byScript } from './ways.ts';

const USUAL = { months: [1, 12, 60, 120], sets: [1, 10, 100], monthRounds: 7, setRounds: 3, bareRounds: 21 };
const QUICK = { months: [1, 2, 3], sets: [1, 2, 3], monthRounds: 1, setRounds: 1, bareRounds: 3 };

/** What a set's ensure creates by default when there is nothing: the current month and the next. */
const MONTHS_OF_A_SET = 2;

/** How ensure grows with what there is to create, against psql that sends the same DDL. */
export async function scaling({ quick, server, hasPsql, signal, say }: Bench): Promise<Section[]> {
  if (!hasPsql) return [skippedScaling('psql is not installed')];
  const { months, sets, monthRounds, setRounds, bareRounds } = quick ? QUICK : USUAL;
  const mostSets = Math.max(...sets);
  const folder = makeTemporary('bench');
  const tree = await writeTree(specOf(mostSets));
  try {
    const ways = { script: byScript(tree), psql: byPsql(folder) };
    const { bare } = await compare({ bare: BARE_NODE }, bareRounds, signal);
    const byMonth = await measurePoints(
      await makeTemplate(server, 1),
      ways,
      months.map((number) => ({ sets: 1, months: number })),
      { rounds: monthRounds, signal, say },
    );
    const bySet = await measurePoints(
      await makeTemplate(server, mostSets),
      ways,
      sets.map((number) => ({ sets: number, months: MONTHS_OF_A_SET })),
      { rounds: setRounds, signal, say },
    );
    const series = [
      { unit: 'month' as const, points: byMonth },
      { unit: 'partition set' as const, points: bySet },
    ];
    return [scalingSection(series, bare)];
  } finally {
    await tree.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
