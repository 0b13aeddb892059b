import type { Catalog, Partition } from '../../../src/runtime/catalog/catalog.ts';
import { type Month, startOfMonth } from '../../../src/runtime/shared/months.ts';

/** A session for which nobody has set anything on purpose. */
export const NO_SETTINGS = { role: 'none', default_tablespace: '', default_table_access_method: 'heap' };

/** Instant of `2026-02-01` or of a full ISO 8601 time. */
export const at = (text: string) => Date.parse(text.includes('T') ? text : `${text}T00:00:00Z`);

/** Number of `2026-02`. */
export const month = (text: string): Month => Number(text.slice(0, 4)) * 12 + Number(text.slice(5)) - 1;

let lastOid = 0;

export function partition(from: number, to: number, rest: Partial<Partition> = {}): Partition {
  lastOid += 1;
  return {
    oid: lastOid,
    schema: 's',
    name: `p${lastOid}`,
    from,
    to,
    isDefault: false,
    pending: false,
    rows: 0,
    bytes: 8192,
    heapBytes: 8192,
    hasRows: true,
    ...rest,
  };
}

/** The partition of one month. */
export const monthly = (text: string, rest: Partial<Partition> = {}) =>
  partition(startOfMonth(month(text)), startOfMonth(month(text) + 1), { name: `t_${text.replace('-', '_')}`, ...rest });

/** The partitions of consecutive months. */
export const run = (first: string, howMany: number) =>
  Array.from({ length: howMany }, (_, index) =>
    partition(startOfMonth(month(first) + index), startOfMonth(month(first) + index + 1)),
  );

export const fallback = (rest: Partial<Partition> = {}) =>
  partition(Number.NaN, Number.NaN, { isDefault: true, name: 't_default', ...rest });

export const catalog = (now: string, partitions: readonly Partition[], rest: Partial<Catalog> = {}): Catalog => ({
  now: at(now),
  user: 'maintainer',
  settings: NO_SETTINGS,
  parent: { kind: 'p', strategy: 'r', keys: 1, keyType: 'timestamp with time zone', fits: true },
  routineSchema: null,
  partitions,
  ...rest,
});
