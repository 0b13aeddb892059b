import { expect, test } from 'vitest';
import { growth } from '../../bench/partitions/growth.ts';
import { ratioSection } from '../../bench/start-up/targets.ts';

const result = (measured: number) => ({ what: 'a', beside: 'b', measured, peer: 10, most: 1.5 });

test('what takes more than so many times its peer is a missed target, and so is what was not measured', () => {
  const { rows, missed } = ratioSection('T', [
    result(15),
    result(15.1),
    result(Number.NaN),
    { what: 'c', skipped: 'no psql' },
  ]);
  expect(rows).toEqual([
    ['a', 'b', '1.5 ×', '1.5 ×', 'met'],
    ['a', 'b', '1.5 ×', '1.5 ×', 'missed'],
    ['a', 'b', 'unknown', '1.5 ×', 'missed'],
    ['c', 'no psql', 'skipped', '', ''],
  ]);
  expect(missed).toEqual(['a', 'a']);
});

test('a job may grow as the number of partitions does', () => {
  const points = [10, 100].map((partitions) => ({ partitions, result: result(partitions === 10 ? 30 : 301) }));
  const [grown, ...others] = growth({ what: 'status', points });
  expect(grown).toMatchObject({ what: 'status, from 10 to 100 partitions', measured: 301, peer: 30, most: 10 });
  expect(others).toEqual([]);
});
