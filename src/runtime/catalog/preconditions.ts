import { AppError } from '../../errors.ts';
import { identifier, plainName, type QualifiedName, qualified } from '../shared/sql.ts';
import type { Catalog, Overload, Parent } from './catalog.ts';

const KINDS = new Map([
  ['r', 'an ordinary table'],
  ['v', 'a view'],
  ['m', 'a materialized view'],
  ['f', 'a foreign table'],
]);

function whyUnfit({ kind, strategy, keys, keyType }: Parent): string {
  if (kind !== 'p') return `is ${KINDS.get(kind) ?? 'no table'}, not a partitioned table`;
  if (strategy !== 'r') return `is partitioned by ${strategy === 'l' ? 'list' : 'hash'}, not by range`;
  if (keys !== 1) return `is partitioned by ${keys} columns, not by one`;
  return `is partitioned by ${keyType ?? 'an expression'}, not by a timestamptz, timestamp or date column`;
}

/** @throws AppError: exit code 5 when the table is missing, 7 when its partitions cannot be months. */
export function requireTable(catalog: Catalog, table: QualifiedName): void {
  if (!catalog.parent)
    throw new AppError('missing', `the table ${plainName(table)} does not exist in this database`, {
      advice: 'Check Database= in PG_DSN, and that the migration which creates the table has run.',
    });
  if (!catalog.parent.fits)
    throw new AppError('refused', `${plainName(table)} ${whyUnfit(catalog.parent)}`, {
      advice: 'Months can only be kept by a table that is PARTITION BY RANGE of one point in time.',
    });
}

/**
 * The overload that takes exactly these argument types.
 * @throws AppError with exit code 5 and the GRANT or migration that helps; 7 when it is no function or procedure.
 */
export function requireFunction(catalog: Catalog, routine: QualifiedName, argumentTypes: string): Overload {
  const signature = `${plainName(routine)}(${argumentTypes})`;
  const { routineSchema: schema, user } = catalog;
  const found = schema?.overloads.find((overload) => overload.arguments === argumentTypes);
  if (!schema || !found) {
    const others = schema?.overloads.map((overload) => `${plainName(routine)}(${overload.arguments})`).join(', ');
    throw new AppError('missing', `the function ${signature} does not exist${others ? `; found: ${others}` : ''}`, {
      advice: 'Check Database= in PG_DSN, and that the migration which creates the function has run.',
    });
  }
  const grants = [
    ...(schema.usable ? [] : [`GRANT USAGE ON SCHEMA ${identifier(routine.schema)} TO ${identifier(user)};`]),
    ...(found.executable
      ? []
      : [`GRANT EXECUTE ON ROUTINE ${qualified(routine)}(${argumentTypes}) TO ${identifier(user)};`]),
  ];
  if (grants.length > 0)
    throw new AppError('missing', `the role ${user} may not execute ${signature}`, {
      advice: `As its owner, run: ${grants.join(' ')}`,
    });
  if (found.kind !== 'f' && found.kind !== 'p')
    throw new AppError('refused', `${signature} is an aggregate or a window function and cannot be a job`);
  return found;
}

/** The same, where the work can be done without it: undefined if there is none that the role may execute. */
export function findFunction({ routineSchema: schema }: Catalog, argumentTypes: string): Overload | undefined {
  if (!schema?.usable) return undefined;
  return schema.overloads.find(
    ({ kind, executable, ...found }) =>
      found.arguments === argumentTypes && executable && (kind === 'f' || kind === 'p'),
  );
}

/** The statement that calls it. A function's result is only fetched: its shape is nobody's business here. */
export function callSql(routine: QualifiedName, { kind }: Overload, values: readonly string[]): string {
  return `${kind === 'p' ? 'CALL' : 'SELECT'} ${qualified(routine)}(${values.join(', ')})`;
}
