export type PlanOptions = {
  /**
   * `default`: timers that are new or not yet enabled by an install; `none`: enable none; `force`: also those that an
   * administrator disabled or masked.
   */
  readonly enable: 'default' | 'none' | 'force';
  /** Replace generated files that were edited on the host, and keep a copy of each. */
  readonly force: boolean;
  /** Partition sets that are installed, that the spec has not, and that may be taken away; or all of them. */
  readonly remove: readonly string[];
  readonly removeOthers: boolean;
  /** Replace a helper by an older one. */
  readonly downgrade: boolean;
  /** In an image: a preset file that enables the timers, instead of links. */
  readonly preset: boolean;
  /** Start the ensure jobs at the end. */
  readonly runEnsure: boolean;
};
