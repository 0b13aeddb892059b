import { identifier, qualified } from '../shared/sql.ts';
import { type Finding, refused } from './finding.ts';
import type { Column, Relation } from './relation.ts';

/** Since then identity belongs to the whole partitioned table, and ATTACH refuses a second one. */
const SHARED_IDENTITY = 17;

/** Columns as ATTACH wants them; their order is free. `serverVersion` is the major one. */
export function columnFindings(parent: Relation, table: Relation, serverVersion: number): Finding[] {
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
    ...table.columns
      .filter(({ identity }) => identity !== '' && serverVersion >= SHARED_IDENTITY)
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
