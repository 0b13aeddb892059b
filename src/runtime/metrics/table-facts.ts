import type { Catalog } from '../catalog/catalog.ts';
import { runwayEnd } from '../catalog/coverage.ts';

/** What a run has seen of a table. Instants are seconds since the epoch; ±Infinity for what has no end. */
export type TableFacts = {
  /** Seconds from when the table was seen. */
  readonly runway: number;
  /** Where rows have no place, when that was seen. */
  readonly runwayEnd: number;
  /** NaN if there is no partition with bounds. */
  readonly oldestStart: number;
  readonly pendingDetaches: number;
  /** NaN if nobody has counted them; 0 if there is no DEFAULT partition. */
  readonly defaultRows: number;
};

export function tableFacts({ now, partitions }: Pick<Catalog, 'now' | 'partitions'>): TableFacts {
  const end = runwayEnd(partitions, now) ?? now;
  const fallback = partitions.find(({ isDefault }) => isDefault);
  const oldest = partitions.find(({ isDefault }) => !isDefault);
  return {
    runway: (end - now) / 1_000,
    runwayEnd: end / 1_000,
    oldestStart: oldest ? oldest.from / 1_000 : Number.NaN,
    pendingDetaches: partitions.filter(({ pending }) => pending).length,
    defaultRows: fallback ? (fallback.rows ?? Number.NaN) : 0,
  };
}
