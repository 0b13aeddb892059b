import { AppError } from '../../errors.ts';
import type { Catalog, Partition } from '../catalog/catalog.ts';
import type { Span } from '../catalog/coverage.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import type { MarkedTable } from '../catalog/marked-tables.ts';
import { type Marker, markedBounds, readMarker } from '../catalog/marker.ts';
import { type Month, monthName, startOfMonth } from '../shared/months.ts';
import { plainName, type QualifiedName } from '../shared/sql.ts';
import { listPartitions, spellInstant } from '../shared/words.ts';

/** The table that is to become a partition again. */
export type Target = Span & {
  readonly oid: number;
  /** What it is called now. */
  readonly current: QualifiedName;
  /** What it will be called. */
  readonly destination: QualifiedName;
  /** The comment that it has now, and the one that it ends with. */
  readonly currentComment: string | null;
  readonly comment: string | null;
  /** Retention's marker, if it is the table that retention marked. */
  readonly marker: Marker | undefined;
};

/** A table that `--from-table` names, as the catalog has it. */
export type NamedTable = QualifiedName & { readonly oid: number; readonly comment: string | null };

export type Sought = {
  readonly set: string;
  readonly table: QualifiedName;
  readonly month: Month;
  readonly catalog: Catalog;
  readonly marked: readonly MarkedTable[];
};

/** Either the table, or the partition that holds the month already. */
export type Located = { readonly target: Target } | { readonly already: Partition };

const monthSpan = (month: Month): Span => ({ from: startOfMonth(month), to: startOfMonth(month + 1) });

export const spellSpanOf = ({ from, to }: Span): string => `[${spellInstant(from)}, ${spellInstant(to)})`;

const contains = (outer: Span, inner: Span) => outer.from <= inner.from && outer.to >= inner.to;
export const overlaps = (a: Span, b: Span): boolean => a.from < b.to && a.to > b.from;

/**
 * The table in grace whose bounds contain the month.
 * @throws AppError with exit code 5 if there is none, 7 if there are several or its detach is pending.
 */
export function locateInGrace(sought: Sought): Located {
  const { month, catalog, marked, table } = sought;
  const span = monthSpan(month);
  const ours = marked.filter((one) => one.marker.table === plainName(table));
  const holding = ours.filter((one) => contains(markedBounds(one.marker), span));
  const held = holding.filter(({ state, isOriginal }) => state === 'detached' && isOriginal);
  const [first, ...others] = held;
  if (first && others.length === 0) return { target: targetOf(first, table) };
  if (first)
    throw new AppError(
      'refused',
      `${held.length} tables in grace held ${monthName(month)}: ${held.map(nameWithMonths).join(', ')}`,
      { advice: `Name the one that is wanted: --from-table ${plainName(first)}` },
    );
  const already = catalog.partitions.find((one) => !one.isDefault && !one.pending && contains(one, span));
  if (already) return { already };
  const pending = holding.find(({ state }) => state === 'pending');
  if (pending)
    throw new AppError('refused', `the detach of ${nameWithMonths(pending)} is pending`, {
      advice: 'Run the retention job, which finishes it; then restore again.',
    });
  throw notFound(sought, ours, span);
}

function notFound({ month }: Sought, ours: readonly MarkedTable[], span: Span): AppError {
  const near = ours.filter(({ marker }) => overlaps(markedBounds(marker), span));
  const copies = near.filter(({ isOriginal }) => !isOriginal);
  const rest = ours.filter(({ state, isOriginal }) => state === 'detached' && isOriginal);
  const others =
    rest.length > 0 ? `; in grace are ${rest.map(nameWithMonths).join(', ')}` : '; nothing of this table is in grace';
  const [copy] = copies;
  return new AppError('missing', `no partition in grace held the whole of ${monthName(month)}${others}`, {
    advice: copy
      ? `${nameWithMonths(copy)} bears the marker of another table, as one that a backup brought back does: name it with --from-table ${plainName(copy)}`
      : 'Bring the table back from a backup, then name it with --from-table SCHEMA.NAME.',
  });
}

const nameWithMonths = (one: MarkedTable) => `${plainName(one)} ${spellSpanOf(markedBounds(one.marker))}`;

/**
 * The table that a person has named. If retention has marked it, its marker says which bounds it had.
 * @throws AppError with exit code 7 if it cannot be the partition of that month.
 */
export function locateNamed(sought: Sought, named: NamedTable): Located {
  const { set, table, month, catalog, marked } = sought;
  const span = monthSpan(month);
  const attached = catalog.partitions.find(({ oid }) => oid === named.oid);
  if (attached && !attached.pending && contains(attached, span)) return { already: attached };
  if (attached)
    throw new AppError(
      'refused',
      `${listPartitions([attached])} is a partition already, and not that of ${monthName(month)}`,
      {
        advice: 'Name another month or another table.',
      },
    );
  const original = marked.find(({ oid, isOriginal }) => oid === named.oid && isOriginal);
  if (original) return { target: ownTarget(original, table, month) };
  const marker = readMarker(named.comment);
  if (marker?.oid === named.oid)
    throw new AppError('refused', `${plainName(named)} is in grace for the partition set ${marker.set}, not ${set}`, {
      advice: `Restore it with ${marker.set}-partitions.sh.`,
    });
  return { target: { ...span, ...namedTarget(named, marker, table) } };
}

function ownTarget(original: MarkedTable, table: QualifiedName, month: Month): Target {
  const target = targetOf(original, table);
  if (original.marker.table === plainName(table) && contains(target, monthSpan(month))) return target;
  throw new AppError(
    'refused',
    `${plainName(original)} was the partition of ${original.marker.table} for ${spellSpanOf(target)}, not for ${monthName(month)}`,
    { advice: 'Name a month that it held.' },
  );
}

function targetOf({ oid, schema, name, marker, comment }: MarkedTable, table: QualifiedName): Target {
  const current = { schema, name };
  const destination = destinationOf(marker, table);
  return {
    ...markedBounds(marker),
    oid,
    current,
    destination,
    currentComment: comment,
    comment: marker.comment,
    marker,
  };
}

function namedTarget(
  { oid, schema, name, comment }: NamedTable,
  copied: Marker | undefined,
  table: QualifiedName,
): Omit<Target, keyof Span> {
  const current = { schema, name };
  if (schema === HOLDING_SCHEMA && !copied)
    throw new AppError(
      'refused',
      `${plainName(current)} is where detached partitions wait, and no marker says what it is`,
      {
        advice: 'Move it to the schema that it shall be in first, with ALTER TABLE … SET SCHEMA …',
      },
    );
  const destination = schema === HOLDING_SCHEMA && copied ? destinationOf(copied, table) : current;
  return {
    oid,
    current,
    destination,
    currentComment: comment,
    comment: copied ? copied.comment : comment,
    marker: undefined,
  };
}

/** A marker's name has no quotes: a dot in the table's own schema is told by that schema, any other only if it is alone. */
function destinationOf({ partition }: Marker, { schema }: QualifiedName): QualifiedName {
  if (partition.startsWith(`${schema}.`)) return { schema, name: partition.slice(schema.length + 1) };
  const [first, second, ...rest] = partition.split('.');
  if (first && second && rest.length === 0) return { schema: first, name: second };
  throw new AppError('refused', `the name ${partition}, which the table had, can be read in more than one way`, {
    advice: 'Move and rename the table by hand, out of hotlookup_grace; then name it with --from-table.',
  });
}
