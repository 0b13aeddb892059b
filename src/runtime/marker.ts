import { literal, type QualifiedName, qualified } from './sql.ts';
import { VERSION } from './version.ts';

const PREFIX = 'hotlookup ';

/**
 * What the comment of a table says that retention has taken hold of: enough to go on after a crash at any place, whatever
 * the table is called by then. Instants are ISO 8601 in UTC; null is a bound without end.
 */
export type Marker = {
  readonly set: string;
  /** The partitioned table, `schema.name`. */
  readonly table: string;
  /** The partition's name when it was marked, `schema.name`. */
  readonly partition: string;
  /** The table that was marked. A backup that was brought back has the same comment, and is another table. */
  readonly oid: number;
  readonly from: string | null;
  readonly to: string | null;
  /** The database's time when it was marked: grace begins then. */
  readonly at: string;
  readonly version: string;
  /** The comment that was there before. */
  readonly comment: string | null;
  /** Since when restore has it in hand: it is not dropped while it has this. */
  readonly restoring?: string;
};

/** The whole comment. */
export function markerText(marker: Omit<Marker, 'version'>): string {
  const { set, table, partition, oid, from, to, at, comment, restoring } = marker;
  return `${PREFIX}${JSON.stringify({ set, table, partition, oid, from, to, at, version: VERSION, comment, restoring })}`;
}

/** Reads a comment; undefined if it is none of ours, or somebody has edited it. */
export function readMarker(comment: string | null): Marker | undefined {
  if (!comment?.startsWith(PREFIX)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(comment.slice(PREFIX.length));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isMarker(value) ? value : undefined;
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (key: string) => typeof fields.get(key) === 'string';
  const isTextOrNull = (key: string) => isText(key) || fields.get(key) === null;
  const isInstant = (key: string) => isText(key) && !Number.isNaN(Date.parse(`${fields.get(key)}`));
  return (
    ['set', 'table', 'partition', 'version'].every(isText) &&
    typeof fields.get('oid') === 'number' &&
    isInstant('at') &&
    ['from', 'to'].every((key) => fields.get(key) === null || isInstant(key)) &&
    isTextOrNull('comment') &&
    (!fields.has('restoring') || isInstant('restoring'))
  );
}

/** An instant in milliseconds as the marker has it. */
export function markedInstant(instant: number): string | null {
  return Number.isFinite(instant) ? new Date(instant).toISOString() : null;
}

/** The stretch of time that a marked table held, in milliseconds; ±Infinity without end. */
export function markedBounds({ from, to }: Pick<Marker, 'from' | 'to'>): {
  readonly from: number;
  readonly to: number;
} {
  return {
    from: from === null ? Number.NEGATIVE_INFINITY : Date.parse(from),
    to: to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
  };
}

/** Sets a table's comment, or takes it away. Takes SHARE UPDATE EXCLUSIVE on that table, which readers and writers do not notice. */
export function commentSql(table: QualifiedName, comment: string | null): string {
  return `COMMENT ON TABLE ${qualified(table)} IS ${comment === null ? 'NULL' : literal(comment)}`;
}
