import type { Report } from '../../../src/runtime/job/report.ts';
import type { TableState } from './snapshot.ts';

const isMarked = ({ comment }: TableState) =>
  typeof comment === 'object' && comment !== null && 'oid' in comment && comment.oid === true;

const isAttached = ({ bounds, pending }: TableState) => bounds !== null && !pending;

/**
 * What is wrong with a state in which a run was stopped, each a sentence; wherever that was, there must be none. `cutoff` is the
 * first day that is kept: `2026-08-01`.
 */
export function faultsOf(start: readonly TableState[], now: readonly TableState[], cutoff: string): string[] {
  const months = start.filter(({ month }) => month !== null);
  return [...months.flatMap((table) => faultsOfMonth(table, now, cutoff)), ...unidentified(start, now)];
}

/** A month is whole in one table; only what lies beyond the cutoff may be gone, and only all of it. */
function faultsOfMonth(before: TableState, now: readonly TableState[], cutoff: string): string[] {
  const { name, month, rows } = before;
  const found = now.filter((table) => table.month === month);
  const [table, ...others] = found;
  const isKept = (month ?? '') >= cutoff;
  if (!table) return isKept ? [`the rows of ${name} are lost`] : [];
  if (others.length > 0) return [`the rows of ${name} are in ${found.map((one) => one.name).join(' and ')}`];
  if (table.rows !== rows) return [`the rows of ${name} are not what they were: ${rows}, now ${table.rows}`];
  return isKept && isAttached(before) && !isAttached(table) ? [`${name} is not attached any more`] : [];
}

/** Tables that are neither attached, nor bear a marker of their own, nor were so from the start. */
function unidentified(start: readonly TableState[], now: readonly TableState[]): string[] {
  const known = new Set(start.filter((table) => !isAttached(table) && !isMarked(table)).map(({ name }) => name));
  return now
    .filter((table) => !isAttached(table) && !isMarked(table) && !known.has(table.name))
    .map(({ name }) => `nothing identifies ${name}`);
}

/** What a report says that is not so. Of a statement whose answer was lost it may say too little, never too much. */
export function untruths(
  { job, partitions }: Pick<Report, 'job' | 'partitions'>,
  now: readonly TableState[],
): string[] {
  const names = new Set(now.map(({ name }) => name));
  const attached = new Set(now.filter(isAttached).map(({ name }) => name));
  return partitions.flatMap(({ action, partition, reason }) => {
    const claimed = /(?:is still there|in grace until \S+) as (\S+)/.exec(reason)?.[1];
    if (action === 'detached' && attached.has(partition)) return [`it says that ${partition} was detached`];
    if (claimed !== undefined && !names.has(claimed)) return [`it says that ${claimed} is still there`];
    if (action === 'kept' && job === 'retention' && !attached.has(partition))
      return [`it says that ${partition} was kept`];
    if (action === 'dropped' && names.has(partition)) return [`it says that ${partition} was dropped`];
    if (action === 'created' && !names.has(partition)) return [`it says that ${partition} was created`];
    return [];
  });
}

/** Where an end is not the one of the run that nothing hurt. */
export function differences(expected: readonly TableState[], found: readonly TableState[]): string[] {
  const byName = (tables: readonly TableState[]) =>
    new Map(tables.map((table) => [table.name, JSON.stringify(table)] as const));
  const [wanted, real] = [byName(expected), byName(found)];
  return [...new Set([...wanted.keys(), ...real.keys()])]
    .filter((name) => wanted.get(name) !== real.get(name))
    .map((name) => `instead of ${wanted.get(name) ?? `no ${name}`} there is ${real.get(name) ?? 'nothing'}`);
}
