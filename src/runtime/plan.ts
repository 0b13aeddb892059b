import { describeBlockers, lockHolders } from './blockers.ts';
import type { Partition } from './catalog.ts';
import type { ConcurrentRun } from './concurrent-run.ts';
import { finalizeSql } from './detach-finalize.ts';
import { dropAfter, HOLDING_SCHEMA } from './grace.ts';
import { commentSql, markedInstant, markerText, readMarker } from './marker.ts';
import { type Month, monthOf } from './months.ts';
import { comments, foreignKeys, type KeysByTable } from './plan-catalog.ts';
import { callSql, requireFunction } from './preconditions.ts';
import { recoveries } from './recover.ts';
import type { Recovery } from './recover-plan.ts';
import type { Plan, Statement } from './report.ts';
import { clockObjections, membersOf, steps } from './retention-plan.ts';
import { mayDetach, type Survey } from './retention-survey.ts';
import { identifier, plainName, type QualifiedName, qualified } from './sql.ts';

type PlanRun = Pick<ConcurrentRun, 'host' | 'connection' | 'settings' | 'command' | 'table' | 'tableOid' | 'now'>;

/**
 * What a real run would send now, in that order, and who would stand in its way. What safety rails or breakers stop is not in
 * it. Changes nothing and waits for nobody.
 * @param createSchema what makes the holding schema, where that must be made first.
 */
export async function planOf(run: PlanRun, survey: Survey, createSchema: string | undefined): Promise<Plan> {
  const planned = survey.against.length > 0 ? [] : survey.planned;
  const isFunction = survey.strategy.chosen === 'function';
  const [first] = planned;
  const holders = first ? await lockHolders(run.connection, run.tableOid, first.oid) : [];
  const keys = await foreignKeys(run.connection, isFunction ? [] : planned);
  const texts = await comments(run.connection, isFunction ? [] : planned);
  const own = isFunction
    ? calling(run, survey, planned)
    : planned.flatMap((partition) => detaching(run, partition, keys, texts.get(partition.oid) ?? null));
  return {
    statements: [...recovering(run, survey), ...making(createSchema, planned), ...own],
    blockers: holders.map((holder) => describeBlockers([holder])),
  };
}

function making(createSchema: string | undefined, planned: readonly Partition[]): Statement[] {
  if (createSchema === undefined || planned.length === 0) return [];
  return [{ sql: createSchema, lock: 'none on a table', partitions: planned.map(plainName) }];
}

function calling({ command, now }: PlanRun, { catalog }: Survey, planned: readonly Partition[]): Statement[] {
  const routine = requireFunction(catalog, command.function, 'integer, boolean');
  const months = steps(planned, now);
  const goneBy = (month: Month | undefined) => (month === undefined ? [] : membersOf(planned, month));
  return months.map((firstKept, index) => ({
    sql: callSql(command.function, routine, [`${monthOf(now) - firstKept}`, 'false']),
    lock: 'what the function takes; to drop a partition is ACCESS EXCLUSIVE on the whole table',
    partitions: goneBy(firstKept)
      .filter((one) => !goneBy(months[index - 1]).includes(one))
      .map(plainName),
  }));
}

function detaching(
  { settings, command, table, now }: PlanRun,
  partition: Partition,
  keys: KeysByTable,
  text: string | null,
): Statement[] {
  const { oid, from, to } = partition;
  const name = plainName(partition);
  const outgoing = keys.get(oid) ?? [];
  const earlier = readMarker(text);
  const marker = markerText({
    set: settings.set,
    table: plainName(table),
    partition: name,
    oid,
    from: markedInstant(from),
    to: markedInstant(to),
    at: new Date(now).toISOString(),
    comment: earlier ? earlier.comment : text,
  });
  const own = (sql: string, lock: string): Statement => ({ sql, lock, partitions: [name] });
  return [
    own(commentSql(partition, marker), 'SHARE UPDATE EXCLUSIVE on the partition'),
    own(
      `ALTER TABLE ${qualified(table)} DETACH PARTITION ${qualified(partition)} CONCURRENTLY`,
      detachLocks(outgoing.map(({ references }) => references)),
    ),
    ...outgoing.map((key) =>
      own(
        `ALTER TABLE ${qualified(partition)} DROP CONSTRAINT ${identifier(key.name)}`,
        `ACCESS EXCLUSIVE on ${key.references} and on the detached table`,
      ),
    ),
    ending(partition, name, command.graceDays === 0),
  ];
}

/** The second phase takes more than the table's own lock, and last of all. */
const detachLocks = (references: readonly string[]): string =>
  [
    'SHARE UPDATE EXCLUSIVE on the table, which no reader or writer waits for',
    'ACCESS EXCLUSIVE on the partition',
    ...(references.length > 0
      ? [`SHARE ROW EXCLUSIVE on ${[...new Set(references)].join(', ')}, which writers of that wait for`]
      : []),
  ].join('; ');

function ending(table: QualifiedName, partition: string, isDrop: boolean): Statement {
  const sql = isDrop
    ? `DROP TABLE ${qualified(table)}`
    : `ALTER TABLE ${qualified(table)} SET SCHEMA ${identifier(HOLDING_SCHEMA)}`;
  return { sql, lock: 'ACCESS EXCLUSIVE on the detached table', partitions: [partition] };
}

/** What earlier runs have left to do, which a real run does first. */
function recovering(run: PlanRun, survey: Survey): Statement[] {
  const { host, now, table } = run;
  if (!mayDetach(survey.ground) || clockObjections(now, host.now()).length > 0) return [];
  return recoveries(survey, plainName(table)).flatMap((recovery) => recoveringOne(run, recovery));
}

function recoveringOne({ command, table: parent, now }: PlanRun, { what, table }: Recovery): Statement[] {
  const { partition, comment } = table.marker;
  const isOver = dropAfter(table.marker, command.graceDays) <= now;
  switch (what) {
    case 'unmark':
      return [
        { sql: commentSql(table, comment), lock: 'SHARE UPDATE EXCLUSIVE on the partition', partitions: [partition] },
      ];
    case 'finalize':
      return [
        { sql: finalizeSql(parent, table), lock: 'SHARE UPDATE EXCLUSIVE on the table', partitions: [partition] },
      ];
    case 'settle':
      return isOver || table.schema !== HOLDING_SCHEMA ? [ending(table, partition, isOver)] : [];
    case 'again':
    case 'leave':
      return [];
  }
}
