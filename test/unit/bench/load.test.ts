import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { insertWhenDue, type LoadResult } from '../../bench/ingest/load.ts';

const load = async (insert: (row: number) => Promise<unknown>, milliseconds = 100): Promise<LoadResult> => {
  const result: LoadResult = { latencies: [], latestSend: 0, failures: [] };
  const startsAt = performance.now();
  await insertWhenDue({ startsAt, intervalMs: 10, endsAt: () => startsAt + milliseconds }, insert, result);
  return result;
};

test('each row that is due is inserted once, in its order', async () => {
  const rows: number[] = [];
  const { latencies, failures } = await load(async (row) => rows.push(row));
  expect(rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([latencies.length, failures]).toEqual([10, []]);
});

test('a stall counts for every insert that was due during it', async () => {
  const { latencies } = await load((row) => (row === 0 ? sleep(95) : Promise.resolve()));
  // Row k was due at 10 k and could not be sent before 95; timers may fire a moment early.
  expect(latencies.filter((latency, row) => latency <= 93 - 10 * row)).toEqual([]);
  expect(latencies).toHaveLength(10);
});

test('what came after a stall is not the lateness of the load itself', async () => {
  const { latestSend } = await load((row) => (row === 0 ? sleep(99) : Promise.resolve()));
  expect(latestSend).toBe(0);
});

test('an insert that fails is told and does not end the load', async () => {
  const { latencies, failures } = await load(async (row) => {
    if (row === 3) throw new Error('no partition');
  });
  expect([latencies.length, failures]).toEqual([10, ['no partition']]);
});

test('a load that has ended sends nothing more', async () => {
  const { latencies } = await load(async () => undefined, 0);
  expect(latencies).toEqual([]);
});
