import { graceEnd } from '../catalog/grace.ts';
import { markerText } from '../catalog/marker.ts';
import type { Statement } from '../job/report.ts';
import {
  addConstraintSql,
  analyzeSql,
  attachSql,
  commentSql,
  createIndexSql,
  dropConstraintSql,
  validateConstraintSql,
} from '../shared/ddl.ts';
import { plainName } from '../shared/sql.ts';
import type { RestoreFacts } from './checks.ts';
import { moveStatements } from './destination.ts';
import { missingIndexes } from './indexes.ts';
import type { Constraint, Relation } from './relation.ts';
import { boundsSql, type Key } from './rows.ts';
import type { Target } from './target.ts';

/** One transaction: all of it happens, or nothing. */
export type Step = readonly Statement[];

export type Steps = {
  /** What the next steps expect the table's comment to be. */
  readonly comment: string | null;
  /** From this statement on, retention does not touch the table; undefined where that holds already. */
  readonly claim: Step | undefined;
  /** Each can be left at any place and done again: what is there is not made a second time. */
  readonly preparing: readonly Step[];
  readonly attaching: Step;
};

/** The name of the CHECK that lasts until the table is attached. */
const BOUNDS = 'hotlookup_restore_bounds';

/**
 * The checks that a detach or an earlier run has made of the bounds: beside the bounds they say nothing. What the partitioned
 * table has itself is not among them.
 */
function boundChecks(parent: Relation, table: Relation, key: Key): Constraint[] {
  const inherited = new Set(parent.checks.map(({ name }) => name));
  return table.checks.filter(({ name, definition }) => definition === key.check && !inherited.has(name));
}

/** What restore does, in its order. `graceDays` are the spec's, for a marker that promises nothing yet. */
export function stepsOf(facts: RestoreFacts, key: Key, graceDays: number): Steps {
  const { target, parent, table, catalog } = facts;
  const claimed = claimOf(target, catalog.now, graceDays);
  const comment = claimed ?? target.currentComment;
  const statement = (sql: string, lock: string): Statement => ({
    sql,
    lock,
    partitions: [plainName(target.destination)],
    action: 'restore',
    why: 'is wanted back',
    followUps: [],
    endsAs: 'attached',
  });
  const mark = statement(commentSql(target.current, comment), 'SHARE UPDATE EXCLUSIVE on the detached table');
  return {
    comment,
    claim: claimed === undefined ? undefined : [mark],
    preparing: [
      ...indexing(parent, table),
      ...bounding(parent, table, key),
      ...keying(parent, table),
      ...(table.isAnalyzed ? [] : [[analyzeSql(table), 'SHARE UPDATE EXCLUSIVE on the detached table'] as const]),
    ].map(([sql, lock]) => [statement(sql, lock)]),
    attaching: attaching(facts, key, comment).map(([sql, lock]) => statement(sql, lock)),
  };
}

/** The marker that keeps retention from dropping the table, were this run to end in the middle and the grace as well. */
function claimOf({ marker, current }: Target, now: number, graceDays: number): string | undefined {
  if (!marker || marker.restoring !== undefined) return undefined;
  const until = new Date(graceEnd({ schema: current.schema, marker }, graceDays)).toISOString();
  return markerText({ ...marker, until, restoring: new Date(now).toISOString() });
}

type Locked = readonly [sql: string, lock: string];

function indexing(parent: Relation, table: Relation): Locked[] {
  return missingIndexes(parent.indexes, table.indexes).map(({ name, isUnique, constraint, tail }) => {
    if (constraint)
      return [
        addConstraintSql(table, undefined, constraint.definition),
        'ACCESS EXCLUSIVE on the detached table, which nobody writes to',
      ];
    if (tail === null) throw new Error(`the definition of the index ${name} cannot be read`);
    return [
      createIndexSql(table, isUnique, tail),
      'SHARE on the detached table; as nobody writes there, CONCURRENTLY is not needed',
    ];
  });
}

/** A valid CHECK equal to the bounds has ATTACH scan nothing. Validating it lets readers and writers go on. */
function bounding(parent: Relation, table: Relation, key: Key): Locked[] {
  const all = boundChecks(parent, table, key);
  const own = all.find(({ isValid }) => isValid) ?? all[0];
  const name = own?.name ?? BOUNDS;
  const stale = table.checks.some((check) => check.name === BOUNDS && check.definition !== key.check);
  return [
    ...(stale ? [[dropConstraintSql(table, BOUNDS), 'ACCESS EXCLUSIVE on the detached table'] as const] : []),
    ...(own
      ? []
      : [
          [
            addConstraintSql(table, name, `${key.check} NOT VALID`),
            'ACCESS EXCLUSIVE on the detached table; it scans nothing',
          ] as const,
        ]),
    ...(own?.isValid
      ? []
      : [
          [validateConstraintSql(table, name), 'SHARE UPDATE EXCLUSIVE on the detached table, which it scans'] as const,
        ]),
  ];
}

/**
 * ATTACH would add the foreign keys itself and check every row while writers of the referenced tables wait. A copy that is
 * valid already is adopted in an instant.
 */
function keying(parent: Relation, table: Relation): Locked[] {
  return parent.foreignKeys.flatMap(({ name, definition, references }) => {
    const own = table.foreignKeys.find((key) => key.definition === definition);
    const isTaken = [...table.checks, ...table.foreignKeys].some((constraint) => constraint.name === name);
    if (own?.isValid) return [];
    const added = own?.name ?? (isTaken ? `${name}_${table.oid}` : name);
    const add: Locked = [
      addConstraintSql(table, added, `${definition} NOT VALID`),
      `SHARE ROW EXCLUSIVE on ${references} and on the detached table; it scans nothing`,
    ];
    const validate: Locked = [
      validateConstraintSql(table, added),
      `SHARE UPDATE EXCLUSIVE on the detached table, ROW SHARE on ${references}`,
    ];
    return own ? [validate] : [add, validate];
  });
}

function attaching(
  { target, parent, table, destinationSchema, catalog }: RestoreFacts,
  key: Key,
  comment: string | null,
): Locked[] {
  const own = 'ACCESS EXCLUSIVE on the restored table alone';
  const fallback = catalog.partitions.find(({ isDefault }) => isDefault);
  const references = [...new Set(parent.foreignKeys.map((one) => one.references))];
  const lock = [
    'SHARE UPDATE EXCLUSIVE on the partitioned table, which no reader or writer waits for',
    own,
    ...(references.length > 0 ? [`ACCESS EXCLUSIVE on ${references.join(', ')}, until the transaction ends`] : []),
    ...(fallback ? [`ACCESS EXCLUSIVE on ${plainName(fallback)}, which it scans`] : []),
  ].join('; ');
  const found = boundChecks(parent, table, key).map(({ name }) => name);
  return [
    ...moveStatements(target.current, target.destination, destinationSchema).map((sql): Locked => [sql, own]),
    [attachSql(parent, target.destination, boundsSql(target)), lock],
    ...(found.length > 0 ? found : [BOUNDS]).map((name): Locked => [dropConstraintSql(target.destination, name), own]),
    ...(target.comment === comment ? [] : [[commentSql(target.destination, target.comment), own] as const]),
  ];
}
