import { EXIT } from '../errors.ts';
import { attachedRanges, type Catalog } from './catalog.ts';
import type { Home } from './restore-home.ts';
import { missingIndexes } from './restore-indexes.ts';
import type { Column, Relation } from './restore-relation.ts';
import type { Rows } from './restore-rows.ts';
import { overlaps, spellSpanOf, type Target } from './restore-target.ts';
import { count, listPartitions } from './spell.ts';
import { identifier, plainName, type QualifiedName, qualified } from './sql.ts';

/** What keeps a table from becoming a partition, and what mends that. */
export type Finding = { readonly what: string; readonly fix: string; readonly exitCode: 5 | 7 };

const refused = (what: string, fix: string): Finding => ({ what, fix, exitCode: EXIT.refused });
const missing = (what: string, fix: string): Finding => ({ what, fix, exitCode: EXIT.missing });

/** Both relations as they are, and what surrounds them. */
export type Ground = {
  readonly user: string;
  readonly serverVersion: number;
  readonly parent: Relation;
  readonly table: Relation;
  readonly target: Target;
  readonly home: Home;
  readonly catalog: Catalog;
};

/** Everything that can be told without reading a row; in the order in which it is best mended. */
export function findingsOf(ground: Ground): Finding[] {
  return [
    ...ofKind(ground),
    ...ofRights(ground),
    ...ofPlace(ground),
    ...ofColumns(ground),
    ...ofChecks(ground),
    ...ofKeys(ground),
    ...ofTriggers(ground),
    ...ofBounds(ground),
  ];
}

function ofKind({ table, parent }: Ground): Finding[] {
  const name = plainName(table);
  if (table.oid === parent.oid) return [refused(`${name} is the partitioned table itself`, 'Name another table.')];
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

function ofRights({ user, table, parent }: Ground): Finding[] {
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

function ofPlace({ user, target: { here, home: to }, home }: Ground): Finding[] {
  if (here.schema === to.schema) return [];
  if (!home.exists)
    return [missing(`the schema ${to.schema}, in which it was, is gone`, `CREATE SCHEMA ${identifier(to.schema)};`)];
  return [
    ...(home.usable
      ? []
      : [
          missing(
            `the role ${user} may not create tables in the schema ${to.schema}`,
            `As its owner, run: GRANT CREATE, USAGE ON SCHEMA ${identifier(to.schema)} TO ${identifier(user)};`,
          ),
        ]),
    ...(home.taken.includes(to.name)
      ? [refused(`its name ${plainName(to)} is taken`, `Rename what has it: ALTER TABLE ${qualified(to)} RENAME TO …;`)]
      : []),
  ];
}

function ofColumns({ table, parent, serverVersion }: Ground): Finding[] {
  const alter = (name: string, what: string) =>
    `ALTER TABLE ${qualified(table)} ${what.replace('?', identifier(name))};`;
  const found = new Map(table.columns.map((column) => [column.name, column]));
  const wanted = new Set(parent.columns.map(({ name }) => name));
  return [
    ...parent.columns.flatMap((column) => {
      const own = found.get(column.name);
      return own
        ? compareColumn(column, own, alter)
        : [
            refused(
              `the column ${column.name} (${column.type}) is missing`,
              alter(column.name, `ADD COLUMN ? ${column.type}`),
            ),
          ];
    }),
    ...table.columns
      .filter(({ name }) => !wanted.has(name))
      .map(({ name }) => refused(`the column ${name} is one too many`, alter(name, 'DROP COLUMN ?'))),
    // Since 17 identity belongs to the whole partitioned table, and ATTACH refuses a second one.
    ...table.columns
      .filter(({ identity }) => identity !== '' && serverVersion >= 17)
      .map(({ name }) =>
        refused(`the column ${name} has an identity of its own`, alter(name, 'ALTER COLUMN ? DROP IDENTITY')),
      ),
  ];
}

function compareColumn(wanted: Column, own: Column, alter: (name: string, what: string) => string): Finding[] {
  const { name, type, collation } = wanted;
  const differs = own.type !== type || own.collation !== collation;
  const spell = (column: Column) => `${column.type}${column.collation === null ? '' : ` COLLATE ${column.collation}`}`;
  return [
    ...(differs
      ? [
          refused(
            `the column ${name} is ${spell(own)}, not ${spell(wanted)}`,
            alter(name, `ALTER COLUMN ? TYPE ${spell(wanted)}`),
          ),
        ]
      : []),
    ...(wanted.notNull && !own.notNull
      ? [refused(`the column ${name} may be NULL`, alter(name, 'ALTER COLUMN ? SET NOT NULL'))]
      : []),
    ...(own.generated !== wanted.generated || own.expression !== wanted.expression
      ? [
          refused(
            `the column ${name} is ${spellGenerated(own)}, not ${spellGenerated(wanted)}`,
            wanted.generated === ''
              ? alter(name, 'ALTER COLUMN ? DROP EXPRESSION')
              : 'Drop the column, and add it as the partitioned table has it.',
          ),
        ]
      : []),
  ];
}

const spellGenerated = ({ generated, expression }: Column) =>
  generated === '' ? 'not generated' : `generated from ${expression}`;

/** ATTACH finds a CHECK by its name, and wants it as the partitioned table has it. */
function ofChecks({ table, parent }: Ground): Finding[] {
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
function ofKeys({ table, parent }: Ground): Finding[] {
  const lacking = missingIndexes(parent.indexes, table.indexes).some(({ constraint }) => constraint?.type === 'p');
  const own = table.indexes.find(({ constraint }) => constraint?.type === 'p');
  if (!lacking || !own) return [];
  return [
    refused(
      `its primary key ${own.name} is not that of ${plainName(parent)}`,
      `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${identifier(own.name)};`,
    ),
  ];
}

function ofTriggers({ table, parent }: Ground): Finding[] {
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

function ofBounds({ catalog, target, parent }: Ground): Finding[] {
  const inTheWay = catalog.partitions.filter((one) => !one.isDefault && overlaps(one, target));
  if (inTheWay.length === 0) return [];
  const whole = attachedRanges(inTheWay);
  return [
    refused(
      `its bounds ${spellSpanOf(target)} overlap ${listPartitions(inTheWay)}`,
      whole.length === inTheWay.length
        ? `Only if that is wanted no more: ${whole.map((one) => detachSql(parent, one)).join(' ')}`
        : 'Its detach is pending: run the retention job, or finish it as the owner with DETACH PARTITION … FINALIZE.',
    ),
  ];
}

const detachSql = (parent: QualifiedName, partition: QualifiedName) =>
  `ALTER TABLE ${qualified(parent)} DETACH PARTITION ${qualified(partition)} CONCURRENTLY;`;

/** Rows that the bounds do not admit. Their days are told, nothing else of them. */
export function rowFindings({ nulls, outside, first, last }: Rows, key: string, target: Target): Finding[] {
  const from = qualified(target.here);
  return [
    ...(outside > 0
      ? [
          refused(
            `${count(outside, 'row')} of it lie outside ${spellSpanOf(target)}, from ${first} to ${last}`,
            `Name the month that it holds, or move those rows out of ${plainName(target.here)}.`,
          ),
        ]
      : []),
    ...(nulls > 0
      ? [
          refused(
            `${count(nulls, 'row')} of it have no ${key}`,
            `Complete or delete them: ${from}, where ${identifier(key)} IS NULL.`,
          ),
        ]
      : []),
  ];
}

/** Rows of these months in the DEFAULT partition make ATTACH fail. */
export function fallbackFindings(fallback: QualifiedName, rows: number, target: Target): Finding[] {
  if (rows === 0) return [];
  return [
    refused(
      `the DEFAULT partition ${plainName(fallback)} has ${count(rows, 'row')} of ${spellSpanOf(target)}`,
      `Move them to ${plainName(target.here)} first, in one transaction.`,
    ),
  ];
}
