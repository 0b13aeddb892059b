const quoted = (names: string) => `'{${names.trim().split(/\s+/).join(',')}}'`;

const FUNCTIONS = quoted(`
  now version set_config current_setting current_database format_type obj_description oidvectortypes
  pg_backend_pid pg_is_in_recovery pg_blocking_pids pg_try_advisory_lock pg_try_advisory_xact_lock pg_advisory_lock
  pg_advisory_unlock pg_advisory_unlock_all pg_get_expr pg_get_constraintdef pg_get_indexdef pg_get_triggerdef
  pg_get_userbyid pg_has_role has_schema_privilege has_table_privilege has_function_privilege has_database_privilege
  has_tablespace_privilege pg_total_relation_size pg_relation_size pg_stat_get_live_tuples pg_relation_filenode
  regexp_match regexp_replace btrim strpos length lower upper left right starts_with split_part date_trunc to_timestamp
  to_char quote_ident quote_literal to_regclass max min sum bool_and bool_or string_agg`);

const RELATIONS = quoted(`
  pg_class pg_namespace pg_inherits pg_locks pg_database pg_proc pg_attribute pg_attrdef pg_constraint pg_index pg_trigger
  pg_partitioned_table pg_stat_activity pg_settings pg_roles pg_depend pg_tablespace pg_am pg_type pg_policy
  pg_description pg_statistic_ext pg_publication pg_publication_rel pg_prepared_xacts pg_stat_user_tables`);

const OPERATORS = quoted('= <> < <= > >= ~ !~ ~~ !~~ ~* || + - * /');
const OPERANDS = quoted(
  'name oid text char bool int2 int4 int8 float8 numeric timestamp timestamptz date xid regclass',
);
const TYPES = quoted('text name oid json jsonb int4 int8 float8 date timestamptz regclass regtype regrole');

/**
 * A schema of functions, operators, relations and types with the names of PostgreSQL's own. Whoever has it before pg_catalog in search_path
 * and leaves a schema away gets an error that says what was used.
 */
export const HOSTILE_SCHEMA = `
create schema hostile;
grant usage on schema hostile to public;
create function hostile.used(what pg_catalog.text) returns bool language plpgsql set search_path = pg_catalog
  as $used$ begin raise 'hostile.% was used', what; end $used$;
do $do$
declare
  f record; o record; r text; t text;
begin
  perform set_config('search_path', 'pg_catalog', true);
  for f in select p.proname, oidvectortypes(p.proargtypes) as arguments, format_type(p.prorettype, null) as result
    from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any (${FUNCTIONS}) and p.provariadic = 0
      and p.prokind in ('f', 'a') and not p.proretset and p.prorettype <> 'void'::regtype
      and not exists (select from pg_type y where y.oid = any (p.proargtypes || p.prorettype) and y.typtype = 'p')
  loop
    execute format('create or replace function hostile.%I(%s) returns %s language plpgsql set search_path = pg_catalog
      as %L', f.proname, f.arguments, f.result, format('begin raise %L; end', 'hostile.' || f.proname || ' was used'));
  end loop;
  for o in select p.oprname, a.typname as a, b.typname as b, format_type(a.oid, null) as left, format_type(b.oid, null) as right,
      format_type(p.oprresult, null) as result
    from pg_operator p join pg_type a on a.oid = p.oprleft join pg_type b on b.oid = p.oprright
    where p.oprnamespace = 'pg_catalog'::regnamespace and p.oprname = any (${OPERATORS})
      and a.typname = any (${OPERANDS}) and b.typname = any (${OPERANDS})
  loop
    execute format('create or replace function hostile.%I(%s, %s) returns %s language plpgsql set search_path = pg_catalog as %L',
      'operator ' || o.oprname, o.left, o.right, o.result, format('begin raise %L; end', 'hostile.' || o.oprname || ' was used'));
    execute format('create operator hostile.%s (leftarg = %s, rightarg = %s, function = hostile.%I)',
      o.oprname, o.left, o.right, 'operator ' || o.oprname);
  end loop;
  foreach r in array ${RELATIONS}::text[] loop
    execute (select format('create view hostile.%I as select %s from pg_catalog.%I where hostile.used(%L)',
        r, string_agg(quote_ident(attname), ', ' order by attnum), r, r)
      from pg_attribute a join pg_type y on y.oid = atttypid
      where attrelid = format('pg_catalog.%I', r)::regclass and not attisdropped and typtype <> 'p' and (attnum > 0 or attname = 'oid'));
  end loop;
  foreach t in array ${TYPES}::text[] loop
    execute format('create domain hostile.%I as pg_catalog.%I check (hostile.used(%L))', t, t, t);
  end loop;
  execute 'grant select on all tables in schema hostile to public';
end $do$`;
