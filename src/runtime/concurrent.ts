import type { Partition } from './catalog.ts';
import { type ConcurrentRun, orRefuse, orUnknown } from './concurrent-run.ts';
import { detach } from './detach.ts';
import { mark } from './detach-mark.ts';
import { requireHoldingSchema } from './grace-move.ts';
import { settle } from './settle.ts';

/**
 * Takes the planned partitions away, the oldest first: mark, detach, then on to grace or to the end. One is done before the
 * next is begun, as PostgreSQL allows one pending detach to a table.
 * @throws AppError with exit code 5 or 8; what was done by then is in the run's deeds.
 */
export async function concurrently(run: ConcurrentRun, planned: readonly Partition[], why: string): Promise<void> {
  if (run.command.graceDays > 0) await requireHoldingSchema(run);
  for (const partition of planned)
    await orRefuse(run, () =>
      orUnknown(run, partition, async () => {
        const held = await mark(run, partition);
        await detach(run, held);
        await settle(run, held, why);
      }),
    );
}
