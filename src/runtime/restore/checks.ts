import { attachedRanges, type Catalog } from '../catalog/catalog.ts';
import { attachSql, detachSql, dropConstraintSql } from '../shared/ddl.ts';
import { identifier, plainName, qualified } from '../shared/sql.ts';
import { listPartitions } from '../shared/words.ts';
import { columnFindings } from './columns.ts';
import { type DestinationSchema, moveStatements } from './destination.ts';
import { type Finding, missing, refused } from './finding.ts';
import { missingIndexes } from './indexes.ts';
import type { Relation } from './relation.ts';
import { boundsSql } from './rows.ts';
import { overlaps, spellSpanOf, type Target } from './target.ts';

/** Both relations as they are, and what surrounds them. */
export type RestoreFacts = {
  readonly user: string;
  readonly serverVersion: number;
  readonly parent: Relation;
  readonly table: Relation;
  readonly target: Target;
  readonly destinationSchema: DestinationSchema;
  readonly catalog: Catalog;
};

/** Everything that can be told without reading a row; in the order in which it is best mended. */
export function findingsOf(facts: RestoreFacts): Finding[] {
  return [
    ...ofKind(facts),
    ...ofRights(facts),
    ...ofPlace(facts),
    ...columnFindings(facts.parent, facts.table, facts.serverVersion),
    ...ofChecks(facts),
    ...ofKeys(facts),
    ...ofTriggers(facts),
    ...ofBounds(facts),
  ];
}

function ofKind(facts: RestoreFacts): Finding[] {
  const { table, parent } = facts;
  const name = plainName(table);
  if (table.oid === parent.oid) return [refused(`${name} is the partitioned table itself`, 'Name another table.')];
  if (table.kind === 'p')
    return [refused(`${name} is partitioned itself, which restore cannot compare`, byHand(facts))];
  if (table.kind !== 'r')
    return [refused(`${name} is no ordinary table`, 'Copy its rows to an ordinary table, and name that.')];
  return [
    ...(table.persistence === 't' ? [refused(`${name} is temporary`, 'Copy its rows to a table that stays.')] : []),
    ...(table.isTyped ? [refused(`${name} is a typed table`, `ALTER TABLE ${qualified(table)} NOT OF;`)] : []),
    ...table.parents.map((other) =>
      refused(
        `${name} belongs to ${other} already`,
        `Detach it from ${other}, or take the inheritance away (NO INHERIT).`,
      ),
    ),
    ...(table.children.length > 0
      ? [refused(`${table.children.join(', ')} inherit from ${name}`, 'Take the inheritance away (NO INHERIT).')]
      : []),
  ];
}

/** What comes from grace still has the CHECK of its bounds that the detach has left, so this ATTACH scans nothing either. */
function byHand({ parent, target, destinationSchema }: RestoreFacts): string {
  const attach = attachSql(parent, target.destination, boundsSql(target));
  const statements = [...moveStatements(target.current, target.destination, destinationSchema), attach].map(
    (statement) => `${statement};`,
  );
  return `As its owner, attach it by hand: ${statements.join(' ')}`;
}

function ofRights({ user, table, parent }: RestoreFacts): Finding[] {
  const strangers = [table, parent].filter(({ isOwner }) => !isOwner);
  return strangers.map((one) =>
    missing(
      `the role ${user} is not a member of ${one.owner}, which owns ${plainName(one)}`,
      one === table && parent.isOwner
        ? `As an administrator, run: ALTER TABLE ${qualified(table)} OWNER TO ${identifier(parent.owner)};`
        : `As an administrator, run: GRANT ${identifier(one.owner)} TO ${identifier(user)};`,
    ),
  );
}

function ofPlace({ user, target: { current, destination }, destinationSchema }: RestoreFacts): Finding[] {
  if (qualified(current) === qualified(destination)) return [];
  if (!destinationSchema.exists)
    return [
      missing(
        `the schema ${destination.schema}, in which it was, is gone`,
        `CREATE SCHEMA ${identifier(destination.schema)};`,
      ),
    ];
  return [
    ...(destinationSchema.usable
      ? []
      : [
          missing(
            `the role ${user} may not create tables in the schema ${destination.schema}`,
            `As its owner, run: GRANT CREATE, USAGE ON SCHEMA ${identifier(destination.schema)} TO ${identifier(user)};`,
          ),
        ]),
    ...(destinationSchema.taken.includes(destination.name)
      ? [
          refused(
            `its name ${plainName(destination)} is taken`,
            `Rename what has it: ALTER TABLE ${qualified(destination)} RENAME TO …;`,
          ),
        ]
      : []),
  ];
}

/** ATTACH finds a CHECK by its name, and wants it as the partitioned table has it. */
function ofChecks({ table, parent }: RestoreFacts): Finding[] {
  return parent.checks
    .filter(({ definition }) => !definition.endsWith(' NO INHERIT'))
    .flatMap(({ name, definition }) => {
      const own = table.checks.find((check) => check.name === name);
      const alter = `ALTER TABLE ${qualified(table)}`;
      const constraint = identifier(name);
      if (!own)
        return [refused(`the constraint ${name} is missing`, `${alter} ADD CONSTRAINT ${constraint} ${definition};`)];
      if (own.definition !== definition)
        return [
          refused(
            `the constraint ${name} is ${own.definition}, not ${definition}`,
            `${alter} DROP CONSTRAINT ${constraint}, ADD CONSTRAINT ${constraint} ${definition};`,
          ),
        ];
      return own.isValid
        ? []
        : [refused(`the constraint ${name} is not validated`, `${alter} VALIDATE CONSTRAINT ${constraint};`)];
    });
}

/** A table has one primary key. */
function ofKeys({ table, parent }: RestoreFacts): Finding[] {
  const lacking = missingIndexes(parent.indexes, table.indexes).some(({ constraint }) => constraint?.type === 'p');
  const own = table.indexes.find(({ constraint }) => constraint?.type === 'p');
  if (!lacking || !own) return [];
  return [
    refused(
      `its primary key ${own.name} is not that of ${plainName(parent)}`,
      `${dropConstraintSql(table, own.name)};`,
    ),
  ];
}

function ofTriggers({ table, parent }: RestoreFacts): Finding[] {
  const clones = new Set(parent.triggers.filter((one) => one.clones).map(({ name }) => name));
  const drop = (name: string) => `DROP TRIGGER ${identifier(name)} ON ${qualified(table)};`;
  return table.triggers.flatMap(({ name, clones: isRow, hasTransition }) => {
    if (clones.has(name))
      return [refused(`it has a trigger ${name} of its own, which ATTACH brings along`, drop(name))];
    return isRow && hasTransition
      ? [refused(`the trigger ${name} sees transition tables, which a partition's may not`, drop(name))]
      : [];
  });
}

function ofBounds({ catalog, target, parent }: RestoreFacts): Finding[] {
  const inTheWay = catalog.partitions.filter((one) => !one.isDefault && overlaps(one, target));
  if (inTheWay.length === 0) return [];
  const whole = attachedRanges(inTheWay);
  return [
    refused(
      `its bounds ${spellSpanOf(target)} overlap ${listPartitions(inTheWay)}`,
      whole.length === inTheWay.length
        ? `Only if that is wanted no more: ${whole.map((one) => `${detachSql(parent, one)};`).join(' ')}`
        : 'Its detach is pending: run the retention job, or finish it as the owner with DETACH PARTITION … FINALIZE.',
    ),
  ];
}
