import { AppError } from '../../errors.ts';
import type { Partition } from '../catalog/catalog.ts';
import { attachSql, finalizeSql } from '../shared/ddl.ts';
import { type Month, startOfMonth } from '../shared/months.ts';
import { literal, type QualifiedName } from '../shared/sql.ts';
import { listPartitions } from '../shared/words.ts';

const bound = (instant: number, unbounded: string) =>
  Number.isFinite(instant) ? literal(new Date(instant).toISOString()).trim() : unbounded;

function takeBackSql(table: QualifiedName, partition: Partition): string {
  const bounds = `FROM (${bound(partition.from, 'MINVALUE')}) TO (${bound(partition.to, 'MAXVALUE')})`;
  return `${finalizeSql(table, partition)}; ${attachSql(table, partition, bounds)};`;
}

/**
 * What stands in the way of ensure where a detach of wanted months was begun and not finished: nothing else can take their
 * place until it is. Undefined if there is none.
 */
export function pendingRefusal(
  table: QualifiedName,
  partitions: readonly Partition[],
  wanted: readonly Month[],
  cause?: unknown,
): AppError | undefined {
  const overlaps = ({ from, to }: Partition) =>
    wanted.some((month) => from < startOfMonth(month + 1) && to > startOfMonth(month));
  const pending = partitions.filter((partition) => partition.pending && overlaps(partition));
  if (pending.length === 0) return undefined;
  return new AppError(
    'refused',
    `a detach of ${listPartitions(pending)} is pending, so its rows are hidden and its time is closed to writes`,
    {
      advice: `As the owner of the table, take it back: ${pending.map((partition) => takeBackSql(table, partition)).join(' ')}`,
      cause,
    },
  );
}
