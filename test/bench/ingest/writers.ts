import { once } from 'node:events';
import pg from 'pg';
import { insertWhenDue, type LoadResult } from './load.ts';
import type { LoadRequest } from './load-process.ts';
import { insertLoad } from './rows.ts';

/*
 * The load, in a process of its own: nothing that the bench does meanwhile delays it. Connects, says that it is ready,
 * begins and ends when it is told to, and says what it measured. Without its parent it ends as well.
 */
const request: LoadRequest = JSON.parse(process.argv[2] ?? '');
const { sockets, port, database, role, clients, perSecond } = request;

/** Not one of the schedule's rows: what a connection's first statements take longer is not what is measured. */
const WARM_UP_ROWS = 25;

/** Longer than any maintenance may take: an insert that is never done shall fail the run, not hang it. */
const LONGEST_INSERT_MS = 90_000;

async function connect(writer: number): Promise<pg.Client> {
  const client = new pg.Client({ host: sockets, port, database, user: role, statement_timeout: LONGEST_INSERT_MS });
  await client.connect();
  for (let row = 1; row <= WARM_UP_ROWS; row += 1) await insertLoad(client, writer, -row);
  return client;
}

const writers = await Promise.all(Array.from({ length: clients }, (_, writer) => connect(writer)));
let endsAt = Number.POSITIVE_INFINITY;
const end = () => {
  endsAt = Math.min(endsAt, performance.now());
};
process.once('disconnect', end);
process.send?.({ warmUpRows: clients * WARM_UP_ROWS });
await Promise.race([once(process, 'message'), once(process, 'disconnect')]);
process.once('message', end);

const result: LoadResult = { latencies: [], latestSend: 0, failures: [] };
const intervalMs = (1_000 * clients) / perSecond;
const startsAt = performance.now();
await Promise.all(
  writers.map((client, writer) =>
    insertWhenDue(
      { startsAt: startsAt + (writer * intervalMs) / clients, intervalMs, endsAt: () => endsAt },
      (row) => insertLoad(client, writer, row),
      result,
    ),
  ),
);
await Promise.all(writers.map((client) => client.end()));
if (process.connected) process.send?.(result);
process.disconnect?.();
