import type pg from 'pg';
import { PARENT } from '../jobs/partitions.ts';

/** One table that holds months, as it is: compared as a whole between the run that was hurt and the one that was not. */
export type TableState = {
  readonly name: string;
  /** The partition's bounds; null if it is detached. */
  readonly bounds: string | null;
  readonly pending: boolean;
  /** The comment; of a marker all but its time, and whether it names this very table. */
  readonly comment: unknown;
  readonly owner: string;
  readonly indexes: readonly string[];
  readonly constraints: readonly string[];
  /** How many rows, and a digest of all of them; the writer's own are left out. */
  readonly rows: string;
  /** The first and the last instant, which say which month it is. */
  readonly month: string | null;
};

/** Rows of the writer that runs all along. */
export const LIVE = 'live';

/** All ordinary tables that are no part of PostgreSQL, wherever they are. A marker's time differs from run to run. */
const STRUCTURE = `select n.nspname || '.' || c.relname as name, pg_get_userbyid(c.relowner) as owner,
    pg_get_expr(c.relpartbound, c.oid) as bounds, coalesce(i.inhdetachpending, false) as pending,
    case when d ~ '^hotlookup (marker )?[{]' then jsonb_set(m - 'at' - 'until', '{oid}', to_jsonb((m->>'oid')::oid = c.oid))
      else to_jsonb(d) end as comment,
    array(select pg_get_indexdef(x.indexrelid) || case when x.indisvalid then '' else ' INVALID' end
        || coalesce(' of ' || (select inhparent::regclass::text from pg_inherits where inhrelid = x.indexrelid), '')
      from pg_index x where x.indrelid = c.oid order by 1) as indexes,
    array(select k.conname || ' ' || pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' INVALID' end
      from pg_constraint k where k.conrelid = c.oid order by 1) as constraints
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid,
    obj_description(c.oid, 'pg_class') d,
    lateral (select case when d ~ '^hotlookup (marker )?[{]' then regexp_replace(d, '^hotlookup (marker )?', '')::jsonb end as m) marker
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 2`;

/** `of` tells the months' tables from others, which have no such column. */
const rowsSql = (
  name: string,
) => `select '${name}' as name, count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as rows,
    min(date_trunc('month', (to_jsonb(t)->>'inserted_at')::timestamptz, 'UTC'))::text as month
  from ${name} t where coalesce(to_jsonb(t)->>'build_id', '') not like '${LIVE}%'`;

/** Every table of the database, by name. */
export async function tablesOf(client: pg.Client): Promise<TableState[]> {
  await client.query(`set timezone = 'UTC'; begin isolation level repeatable read read only`);
  const { rows: tables } = await client.query<Omit<TableState, 'rows' | 'month'>>(STRUCTURE);
  const { rows: contents } = await client.query<Pick<TableState, 'name' | 'rows' | 'month'>>(
    tables.map(({ name }) => rowsSql(name)).join(' union all '),
  );
  await client.query('commit');
  return tables.map((table) => {
    const found = contents.find(({ name }) => name === table.name);
    if (!found) throw new Error(`${table.name} was not counted`);
    return { ...table, rows: found.rows, month: found.month };
  });
}

/** How many rows of the writer can be read from the table. */
export async function liveRows(client: pg.Client): Promise<number> {
  const text = `select count(*)::int from ${PARENT} where build_id like '${LIVE}%'`;
  const { rows } = await client.query<{ count: number }>(text);
  return rows[0]?.count ?? 0;
}
