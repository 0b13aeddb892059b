import type { Partition } from '../catalog/catalog.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import type { MarkedTable } from '../catalog/marked-tables.ts';
import { type Marker, markedBounds, markedInstant, markerText, readMarker } from '../catalog/marker.ts';
import type { Action, EndsAs } from '../job/action.ts';
import { commentSql, detachSql, dropConstraintSql, dropTableSql, finalizeSql } from '../shared/ddl.ts';
import { plainName, type QualifiedName } from '../shared/sql.ts';
import type { Detail, ForeignKey } from './details.ts';
import { type Move, movedBy, planMove } from './move.ts';

/** All that is done to one table, in its order, and what it ends as. */
export type Course = QualifiedName & {
  readonly oid: number;
  /** Its name as a partition, `schema.name`. */
  readonly partition: string;
  /** The stretch of time that it holds. */
  readonly from: number;
  readonly to: number;
  readonly why: string;
  /** The comment that it has now, and the one that it has once its marker is written. */
  readonly comment: string | null;
  readonly marked: string | null;
  readonly actions: readonly Action[];
  /** Of a table that goes to the holding schema. */
  readonly move: Move | undefined;
  readonly endsAs: EndsAs;
  /** Until when it is kept, if it ends in grace; milliseconds since the epoch. */
  readonly until: number;
};

/** What all courses of a run are made from. Instants are milliseconds since the epoch. */
export type CourseMaker = {
  readonly set: string;
  /** The partitioned table. */
  readonly table: QualifiedName;
  readonly now: number;
  readonly graceDays: number;
  readonly details: ReadonlyMap<number, Detail>;
  /** Names in the holding schema; courses add those that they bring there. */
  readonly taken: Set<string>;
};

const DAY_MS = 86_400_000;

const SHARED = 'SHARE UPDATE EXCLUSIVE';
const DETACHED = 'ACCESS EXCLUSIVE on the detached table';

/** The second phase takes more than the table's own lock, and last of all. */
const detachLocks = (keys: readonly ForeignKey[]): string =>
  [
    `${SHARED} on the table, which no reader or writer waits for`,
    'ACCESS EXCLUSIVE on the partition',
    ...(keys.length > 0 ? [`SHARE ROW EXCLUSIVE on ${referencedBy(keys)}, which writers of that wait for`] : []),
  ].join('; ');

const referencedBy = (keys: readonly ForeignKey[]) => [...new Set(keys.map(({ references }) => references))].join(', ');

function detailOf({ details }: CourseMaker, oid: number): Detail {
  const detail = details.get(oid);
  if (!detail) throw new Error(`the table ${oid} was not looked at`);
  return detail;
}

type Ended = { readonly endsAs: EndsAs; readonly why: string; readonly partition: string };

const action = (
  { endsAs, why, partition }: Ended,
  kind: Action['kind'],
  lock: string,
  statements: readonly string[],
  followUps: readonly string[] = [],
): Action => ({ kind, partitions: [partition], why, statements, lock, followUps, endsAs });

/** What is done to a table once it is detached: its foreign keys go first, one in each transaction, so that each waits for one lock alone. */
function ending(
  maker: CourseMaker,
  ended: Ended,
  table: QualifiedName,
  oid: number,
): { actions: Action[]; move: Move | undefined } {
  const { foreignKeys, parts } = detailOf(maker, oid);
  const keys = foreignKeys.map(({ name, references }) =>
    action(ended, 'drop-key', `ACCESS EXCLUSIVE on ${references} and on the detached table`, [
      dropConstraintSql(table, name),
    ]),
  );
  const isTree = parts.some((part) => part.oid === oid && part.kind === 'p');
  const lock = isTree ? `${DETACHED} and on all that is below it` : DETACHED;
  if (ended.endsAs === 'dropped')
    return { actions: [...keys, action(ended, 'drop', lock, [dropTableSql(table)])], move: undefined };
  const move = planMove(oid, parts, maker.taken);
  const { statements } = movedBy(move, oid, () => false);
  const others = [...move.renames.filter(({ isDue }) => !isDue).map(({ sql }) => sql), move.setSchema.renamed];
  const followUps = others.filter((sql) => !statements.includes(sql));
  return { actions: [...keys, action(ended, 'move', DETACHED, statements, followUps)], move };
}

/** Of a partition that is due: mark, detach, then on to grace or to the end. A marker that it bears already is written anew. */
export function takingAway(maker: CourseMaker, partition: Partition, why: string): Course {
  const { set, table, now, graceDays } = maker;
  const { oid, schema, name, from, to } = partition;
  const { comment, foreignKeys } = detailOf(maker, oid);
  const until = now + graceDays * DAY_MS;
  const earlier = readMarker(comment);
  const marked = markerText({
    set,
    table: plainName(table),
    partition: plainName(partition),
    oid,
    from: markedInstant(from),
    to: markedInstant(to),
    at: new Date(now).toISOString(),
    until: new Date(until).toISOString(),
    comment: earlier ? earlier.comment : comment,
  });
  const ended: Ended = { endsAs: graceDays === 0 ? 'dropped' : 'in-grace', why, partition: plainName(partition) };
  const { actions, move } = ending(maker, ended, partition, oid);
  return {
    ...{ oid, schema, name, from, to, why, comment, marked, move, until },
    partition: ended.partition,
    endsAs: ended.endsAs,
    actions: [
      // Where somebody changes the comment meanwhile, the marker keeps the new one.
      action(ended, 'mark', `${SHARED} on the partition`, [commentSql(partition, marked)]),
      action(ended, 'detach', detachLocks(foreignKeys), [detachSql(table, partition)], [finalizeSql(table, partition)]),
      ...actions,
    ],
  };
}

/** Of a partition that is marked and not due: it gets its earlier comment back. */
export function unmarking(table: MarkedTable): Course {
  const why = 'is a partition and not due; its marker is taken off';
  const { comment } = table.marker;
  const ended: Ended = { endsAs: 'unmarked', why, partition: partitionName(table) };
  const actions = [action(ended, 'unmark', `${SHARED} on the partition`, [commentSql(table, comment)])];
  return recovered(table, ended, { marked: comment, actions, move: undefined, until: Number.NaN });
}

export type Continuation = {
  readonly why: string;
  readonly endsAs: EndsAs;
  /** Until when it is kept; its marker is made to say so. */
  readonly until: number;
  /** A detach of it is pending. */
  readonly isPending: boolean;
  /** It is brought on, to its end or to the holding schema; else it stays where it is once the detach is finished. */
  readonly goesOn: boolean;
};

/** Of a table that an earlier run has detached, or begun to detach. Without actions where it only waits. */
export function goingOn(maker: CourseMaker, table: MarkedTable, continuation: Continuation): Course {
  const { endsAs, why, until, isPending, goesOn } = continuation;
  const { foreignKeys } = detailOf(maker, table.oid);
  const ended: Ended = { endsAs, why, partition: partitionName(table) };
  const isDated = endsAs === 'dropped' || promises(table.marker, until);
  const marked = isDated ? table.comment : markerText({ ...table.marker, until: new Date(until).toISOString() });
  const arrives = goesOn && (endsAs === 'dropped' || table.schema !== HOLDING_SCHEMA);
  const { actions, move } = arrives ? ending(maker, ended, table, table.oid) : { actions: [], move: undefined };
  return recovered(table, ended, {
    marked,
    move,
    until,
    actions: [
      ...(isPending ? [action(ended, 'finalize', detachLocks(foreignKeys), [finalizeSql(maker.table, table)])] : []),
      ...(isDated ? [] : [action(ended, 'date', `${SHARED} on the detached table`, [commentSql(table, marked)])]),
      ...actions,
    ],
  });
}

/** A table that is detached is told by the name that it had; one that is a partition still, or again, by the name that it has. */
const partitionName = (table: MarkedTable) => (table.state === 'detached' ? table.marker.partition : plainName(table));

const promises = ({ until }: Marker, end: number) => until !== undefined && Date.parse(until) === end;

function recovered(
  table: MarkedTable,
  { endsAs, why, partition }: Ended,
  rest: Pick<Course, 'marked' | 'actions' | 'move' | 'until'>,
): Course {
  const { oid, schema, name, comment, marker } = table;
  return { oid, schema, name, ...markedBounds(marker), partition, why, comment, endsAs, ...rest };
}
