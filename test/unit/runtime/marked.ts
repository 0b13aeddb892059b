import type { MarkedTable } from '../../../src/runtime/catalog/marked-tables.ts';

/** What retention wrote on the partition of January 2025. */
export const marker = {
  set: 'boms',
  table: 's.t',
  partition: 's.t_2025_01',
  oid: 7,
  from: '2025-01-01T00:00:00.000Z',
  to: '2025-02-01T00:00:00.000Z',
  at: '2026-11-20T00:00:00.000Z',
  until: '2026-11-23T00:00:00.000Z',
  version: '1.0.0',
  comment: null,
};

/** That partition's table, detached and where it was. */
export const marked = (rest: Partial<MarkedTable> = {}): MarkedTable => ({
  oid: 7,
  schema: 's',
  name: 't_2025_01',
  marker,
  comment: '',
  owner: 'o',
  isOwner: true,
  state: 'detached',
  isOriginal: true,
  rows: 3,
  bytes: 8192,
  heapBytes: 8192,
  hasRows: true,
  ...rest,
});
