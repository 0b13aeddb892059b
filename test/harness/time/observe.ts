import type pg from 'pg';
import { PARENT } from '../jobs/partitions.ts';
import { type Month, monthOf } from './calendar.ts';
import type { Observed, ObservedTable } from './ledger.ts';

type Found = {
  readonly name: string;
  readonly place: ObservedTable['place'];
  readonly is_marked: boolean;
  readonly from: string | null;
  readonly to: string | null;
};

const TABLES = `select c.oid::regclass::text as name,
    case when i.inhdetachpending then 'pending' when i.inhrelid is not null then 'attached' else 'detached' end as place,
    coalesce(obj_description(c.oid, 'pg_class'), '') like 'hotlookup marker {%' as is_marked,
    extract(epoch from bound[1]::timestamptz) * 1000 as from, extract(epoch from bound[2]::timestamptz) * 1000 as to
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid,
    lateral (select regexp_match(pg_get_expr(c.relpartbound, c.oid), $$FROM [(]'(.*)'[)] TO [(]'(.*)'[)]$$)) as bounds (bound)
  where c.relnamespace in (to_regnamespace('scanner'), to_regnamespace('hotlookup_grace')) and c.relkind = 'r'`;

/** Each table is read by itself, as the partitioned table does not show what is pending or detached. */
const rowsSql = (name: string) =>
  `select '${name}' as name, extract(epoch from date_trunc('month', inserted_at at time zone 'UTC') at time zone 'UTC') * 1000 as month,
     count(*)::int as rows from only ${name} group by 2`;

/** Every table that is or was a partition, with what is in it, by counting. */
export async function observe(client: pg.Client): Promise<Observed> {
  const { rows: found } = await client.query<Found>(TABLES);
  const { rows: counted } = await client.query<{ name: string; month: string; rows: number }>(
    found.map(({ name }) => rowsSql(name)).join(' union all '),
  );
  const { rows: seen } = await client.query<{ visible: number }>(`select count(*)::int as visible from ${PARENT}`);
  return {
    tables: found.map(({ name, place, is_marked, from, to }) => ({
      name,
      place,
      isMarked: is_marked,
      from: Number(from ?? Number.NaN),
      to: Number(to ?? Number.NaN),
      rows: new Map<Month, number>(
        counted.filter((row) => row.name === name).map(({ month, rows }) => [monthOf(Number(month)), rows]),
      ),
    })),
    visible: seen[0]?.visible ?? 0,
  };
}
