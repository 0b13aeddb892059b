import { monthName, monthOf } from '../shared/months.ts';

/** What puts a partition back that held this stretch of time, in milliseconds since the epoch; ±Infinity without end. */
export function restoreCommand(set: string, { from, to }: { readonly from: number; readonly to: number }): string {
  const month = Number.isFinite(from) ? monthOf(from) : monthOf(to - 1);
  return `${set}-partitions.sh restore ${Number.isFinite(month) ? monthName(month) : 'YYYY-MM'}`;
}
