/**
 * What the helper does about a setting that a role or a database may bring along.
 * `pinned`: every transaction sets it, for itself alone · `named`: BEGIN says it · `budget`: every transaction sets it to what
 * the run's budgets leave · `counted`: set where rows are counted · `intended`: somebody wants it so; it is never changed, and
 * told · `refused`: the role may not be able to set it; with another value nothing is done · `respected`: with another value nothing is
 * done, as whoever set it wants that · `harmless`: nothing depends on it.
 */
export type Handling = 'pinned' | 'named' | 'budget' | 'counted' | 'intended' | 'refused' | 'respected' | 'harmless';

export type SettingRow = {
  readonly names: readonly string[];
  readonly handling: Handling;
  /** Of a pinned or counted one what it is set to; of a refused one the only value that will do. */
  readonly value?: string;
  readonly why: string;
};

const row = (handling: Handling, names: string, why: string, value?: string): SettingRow => ({
  names: names.split(' '),
  handling,
  why,
  ...(value !== undefined && { value }),
});

/**
 * Every setting of PostgreSQL 14 to 18 that a role can have a value of its own for: contexts `user` and `superuser` of pg_settings, and four
 * that it does not show. A name with a dot belongs to an extension.
 */
export const SESSION_SETTINGS: readonly SettingRow[] = [
  row('pinned', 'TimeZone', 'bounds are printed in this zone', 'UTC'),
  row('pinned', 'DateStyle', 'bounds are printed in this style, and read in it', 'ISO, YMD'),
  row('pinned', 'IntervalStyle', 'spans are printed in this style', 'postgres'),
  row('pinned', 'extra_float_digits', 'instants are numbers that must not be rounded', '1'),
  row('pinned', 'standard_conforming_strings', 'the server writes definitions with it that are sent back', 'on'),
  row('pinned', 'backslash_quote', 'it refuses strings', 'safe_encoding'),
  row('pinned', 'quote_all_identifiers', 'the server writes definitions with it that are compared', 'off'),
  row('pinned', 'bytea_output', 'bounds and definitions may hold bytes', 'hex'),
  row('pinned', 'lc_monetary', 'amounts of money in definitions are printed and read in it', 'C'),
  row('pinned', 'array_nulls', 'it changes what {NULL} means', 'on'),
  row('pinned', 'transform_null_equals', 'it changes what = NULL means', 'off'),
  row('pinned', 'gin_fuzzy_search_limit', 'it leaves rows out at random', '0'),
  // Without pg_temp in it, temporary tables and types come first; behind a pooler they may be somebody else's.
  row(
    'pinned',
    'search_path',
    'a schema before pg_catalog can replace functions, operators and types',
    'pg_catalog, pg_temp',
  ),
  row('pinned', 'restrict_nonsystem_relation_kind', 'it forbids views and foreign tables', ''),
  row(
    'pinned',
    'stats_fetch_consistency',
    'what is counted again under a lock must not be what was counted before it',
    'none',
  ),
  row('pinned', 'client_min_messages', 'notices cost time, and nobody reads them', 'warning'),
  row('pinned', 'exit_on_error', 'a wait for a lock that fails would end the session', 'off'),
  row('pinned', 'jit', 'with many partitions, compiling the catalog query takes longer than running it', 'off'),

  row('named', 'transaction_isolation transaction_read_only transaction_deferrable', 'they are those of BEGIN'),
  row('named', 'default_transaction_isolation default_transaction_deferrable', 'BEGIN names each'),

  row('budget', 'lock_timeout', 'one wait for a lock'),
  row('budget', 'statement_timeout', 'one statement: what PG_DSN allows, else no limit'),
  row('budget', 'transaction_timeout', 'no limit: a transaction that is cut off in the middle is work for nothing'),
  row('budget', 'idle_in_transaction_session_timeout', 'long enough for the helper, and the end of one that hangs'),
  row('budget', 'idle_session_timeout', 'no limit: between two tries the helper waits'),
  row(
    'budget',
    'client_connection_check_interval',
    'the server must notice that the helper was killed, and free its locks',
  ),

  row('counted', 'row_security', 'rows that a policy hides are an error then, and no 0', 'off'),

  row(
    'intended',
    'default_tablespace default_table_access_method',
    'new tables are to lie there, and to be of that kind',
  ),
  row('intended', 'role', 'everything is to be done as this role'),

  row(
    'refused',
    'session_replication_role',
    'foreign keys and triggers do not fire, so rows that they keep would go',
    'origin',
  ),
  row('refused', 'event_triggers', 'event triggers that protect tables do not fire', 'on'),
  row('refused', 'zero_damaged_pages', 'a damaged page is emptied when it is read, and its rows are gone', 'off'),
  row('refused', 'ignore_checksum_failure', 'damaged rows are taken for good ones', 'off'),

  row(
    'respected',
    'default_transaction_read_only',
    'nothing is to be written; on connecting it is respected too, but it can come while a run goes on',
    'off',
  ),

  row('harmless', 'session_authorization', 'it is who logged in'),
  row('harmless', 'seed default_with_oids', 'one gives random numbers a start, the other takes no other value'),
  row('harmless', 'application_name client_encoding', 'the client names them when it logs in'),
  row(
    'harmless',
    'cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction constraint_exclusion effective_cache_size effective_io_concurrency enable_async_append enable_bitmapscan enable_distinct_reordering enable_gathermerge enable_group_by_reordering enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort enable_tidscan from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold jit_above_cost jit_expressions jit_inline_above_cost jit_optimize_above_cost jit_tuple_deforming join_collapse_limit max_parallel_workers max_parallel_workers_per_gather min_parallel_index_scan_size min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost parallel_tuple_cost plan_cache_mode random_page_cost recursive_worktable_factor seq_page_cost synchronize_seqscans debug_parallel_query force_parallel_mode',
    'the plan of a statement changes, and not its result',
  ),
  row(
    'harmless',
    'backend_flush_after commit_siblings hash_mem_multiplier io_combine_limit logical_decoding_work_mem maintenance_io_concurrency maintenance_work_mem max_parallel_maintenance_workers temp_buffers temp_tablespaces vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty vacuum_cost_page_hit vacuum_cost_page_miss wal_skip_threshold work_mem file_copy_method commit_delay max_stack_depth temp_file_limit wal_compression wal_init_zero wal_recycle wal_consistency_checking debug_discard_caches gin_pending_list_limit',
    'a statement takes longer or fails, and is not done by half',
  ),
  row(
    'harmless',
    'vacuum_failsafe_age vacuum_freeze_min_age vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age vacuum_truncate',
    'the helper runs no VACUUM',
  ),
  row(
    'harmless',
    'check_function_bodies createrole_self_grant md5_password_warnings password_encryption scram_iterations icu_validation_level lo_compat_privileges trace_notify wal_sender_timeout debug_logical_replication_streaming xmlbinary xmloption default_text_search_config lc_numeric lc_time timezone_abbreviations',
    'the helper’s statements do nothing of that kind',
  ),
  row(
    'harmless',
    'default_statistics_target default_toast_compression synchronous_commit',
    'somebody wants it so, and no answer changes',
  ),
  row('harmless', 'escape_string_warning lc_messages', 'messages alone change; the helper goes by their codes'),
  row(
    'harmless',
    'tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval tcp_user_timeout',
    'a connection is lost sooner or later, which every step allows for',
  ),
  row(
    'harmless',
    'debug_pretty_print debug_print_parse debug_print_plan debug_print_rewritten trace_sort log_parameter_max_length_on_error log_duration log_error_verbosity log_executor_stats log_lock_failures log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement log_min_messages log_parameter_max_length log_parser_stats log_planner_stats log_replication_commands log_statement_sample_rate log_statement_stats log_statement log_temp_files log_transaction_sample_rate backtrace_functions compute_query_id update_process_title track_activities track_cost_delay_timing track_counts track_functions track_io_timing track_wal_io_timing jit_dump_bitcode',
    'what the server writes down changes; no statement of the helper holds a secret',
  ),
  row(
    'harmless',
    'local_preload_libraries session_preload_libraries dynamic_library_path extension_control_path extension_destdir allow_in_place_tablespaces',
    'an administrator’s choice of code, which is loaded before the first statement',
  ),
  row('harmless', 'allow_system_table_mods', 'no statement that changes anything names a table of the system'),
  row('harmless', 'deadlock_timeout', 'lock_timeout ends a wait sooner or later'),
];

/** The rows that are handled in one way, one entry for each name. */
export function handled(handling: Handling): ReadonlyArray<{ name: string; value: string | undefined; why: string }> {
  return SESSION_SETTINGS.filter((one) => one.handling === handling).flatMap(({ names, value, why }) =>
    names.map((name) => ({ name, value, why })),
  );
}
