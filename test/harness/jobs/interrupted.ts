import type { Database } from '../postgres/database.ts';
import { ALONE, PENDING, whileReading } from '../postgres/holding.ts';
import { HELPER, startHelper } from './helper.ts';
import { until } from './jobs.ts';

/** Leaves the detach of the oldest partition pending, as a retention does that was killed in its second phase. */
export async function leavePending(
  database: Database,
  args = ['retention', '12', 'false'],
  bundle = HELPER,
): Promise<void> {
  await whileReading(database, async () => {
    const run = startHelper(database, { args, bundle });
    await until(database, PENDING);
    run.kill('SIGKILL');
    const { signal } = await run;
    if (signal !== 'SIGKILL') throw new Error('it ended before it was killed');
    await until(database, ALONE);
  });
}
