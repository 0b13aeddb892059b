import { VERSION } from '../shared/version.ts';

/*
 * What a comment begins with that is a marker. Helpers of 0.1.0 take only the first form for theirs, so they leave alone what a later
 * one has marked: they would not keep its promise.
 */
const FIRST_FORM = 'hotlookup ';
const PREFIX = 'hotlookup marker ';
const FORMAT_VERSION = 2;

/** How every marker begins, of either form. */
export const MARKER_BEGINNINGS = [`${FIRST_FORM}{`, `${PREFIX}{`] as const;

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
  /** Until when it is kept once it is detached: a promise, whatever the spec says later. Undefined in a marker of 0.1.0. */
  readonly until: string | undefined;
  readonly version: string;
  /** The comment that was there before. */
  readonly comment: string | null;
  /** Since when restore has it in hand: it is not dropped while it has this. */
  readonly restoring?: string;
};

/** The whole comment. `until` is known: whoever writes a marker of 0.1.0 anew has decided it. */
export function markerText(marker: Omit<Marker, 'version' | 'until'> & { readonly until: string }): string {
  const { set, table, partition, oid, from, to, at, until, comment, restoring } = marker;
  const fields = { set, table, partition, oid, from, to, at, until, version: VERSION, comment, restoring };
  return `${PREFIX}${JSON.stringify({ formatVersion: FORMAT_VERSION, ...fields })}`;
}

/** Reads a comment; undefined if it is none of ours, or somebody has edited it, or a later version has a form of its own. */
export function readMarker(comment: string | null): Marker | undefined {
  const prefix = [PREFIX, FIRST_FORM].find((beginning) => comment?.startsWith(`${beginning}{`));
  if (!comment || prefix === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(comment.slice(prefix.length));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isMarker(value)) return undefined;
  // A marker of 0.1.0 has no such field; what somebody wrote into one is no promise of ours.
  if (prefix === FIRST_FORM) return { ...value, until: undefined };
  return value.until !== undefined && value.formatVersion === FORMAT_VERSION ? value : undefined;
}

function isMarker(value: unknown): value is Marker & { readonly formatVersion?: unknown } {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const isText = (key: string) => typeof fields.get(key) === 'string';
  const isTextOrNull = (key: string) => isText(key) || fields.get(key) === null;
  const isInstant = (key: string) => isText(key) && !Number.isNaN(Date.parse(`${fields.get(key)}`));
  return (
    ['set', 'table', 'partition', 'version'].every(isText) &&
    typeof fields.get('oid') === 'number' &&
    isInstant('at') &&
    (!fields.has('until') || isInstant('until')) &&
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
