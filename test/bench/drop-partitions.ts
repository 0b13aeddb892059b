/** Drops all partitions of a table, whatever they are called. */
export const dropPartitionsSql = (table: string): string => `do $$ declare part regclass; begin
  for part in select inhrelid from pg_inherits where inhparent = '${table}'::regclass loop
    execute 'drop table ' || part;
  end loop; end $$`;
