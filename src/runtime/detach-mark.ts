import { AppError, EXIT } from '../errors.ts';
import type { Partition } from './catalog.ts';
import type { ConcurrentRun, Held } from './concurrent-run.ts';
import { lockTable, type TableNow } from './concurrent-table.ts';
import { transaction } from './concurrent-transaction.ts';
import { commentSql, markedInstant, markerText, readMarker } from './marker.ts';
import { listPartitions } from './spell.ts';
import { plainName } from './sql.ts';

function moved(partition: Partition): AppError {
  return new AppError(
    EXIT.refused,
    `${listPartitions([partition])} is no longer the partition that was planned, and was not touched`,
    { advice: 'Another session has changed it since this run began. The next run looks at what is there.' },
  );
}

const isAsPlanned = (found: TableNow, planned: Partition, tableOid: number) =>
  found.parent === tableOid && !found.pending && found.from === planned.from && found.to === planned.to;

/**
 * Marks a partition by its comment before anything is done to it, so that a crash at any later place leaves nothing that
 * cannot be told. The comment takes SHARE UPDATE EXCLUSIVE on the partition alone, under which its bounds are looked at again.
 * A partition that bears a marker already gets a new one, because its grace begins now; the user's comment stays the oldest.
 * @throws AppError with exit code 7 if it is not what was planned any more.
 */
export async function mark(run: ConcurrentRun, partition: Partition): Promise<Held> {
  const { connection, settings, patiently, tableOid } = run;
  return patiently(() =>
    transaction(connection, settings.lockTimeoutMs, async (send) => {
      const found = await lockTable(send, partition.oid, 'SHARE UPDATE EXCLUSIVE');
      if (found === undefined) return undefined;
      if (found === 'gone' || !isAsPlanned(found, partition, tableOid)) throw moved(partition);
      const earlier = readMarker(found.comment);
      const comment = markerText({
        set: settings.set,
        table: plainName(run.table),
        partition: plainName(found),
        oid: found.oid,
        from: markedInstant(found.from),
        to: markedInstant(found.to),
        at: new Date(found.now).toISOString(),
        comment: earlier ? earlier.comment : found.comment,
      });
      await send(commentSql(found, comment));
      const marker = readMarker(comment);
      if (!marker) throw new Error('a marker that was just made cannot be read');
      return { oid: found.oid, schema: found.schema, name: found.name, marker, comment };
    }),
  );
}

/** Gives a partition that stays its earlier comment back. Takes SHARE UPDATE EXCLUSIVE on it alone. */
export async function unmark({ connection, settings, patiently }: ConcurrentRun, held: Held): Promise<void> {
  await patiently(() =>
    transaction(connection, settings.lockTimeoutMs, async (send) => {
      const found = await lockTable(send, held.oid, 'SHARE UPDATE EXCLUSIVE');
      if (found === undefined) return undefined;
      // Whoever has changed the comment meanwhile has said what it is to be.
      if (found !== 'gone' && found.comment === held.comment) await send(commentSql(found, held.marker.comment));
      return {};
    }),
  );
}
