/** A stream of the helper's own process. */
export type Output = {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Whether systemd's journal reads this stream, so that a line's leading `<3>` is its priority. */
  readonly isJournal: boolean;
};

/** Everything outside the helper but the database. `bin.ts` alone makes one from the process; tests make their own. */
export type Host = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The whole file; throws what node:fs throws (`code` ENOENT, EACCES, …). */
  readFile(path: string): Buffer;
  /**
   * Gives a file new contents, mode 0644, in one step for whoever reads it. `change` makes them from what the file holds, and
   * undefined if there is none; it is asked again if another process was faster. The folder may be one that others write to:
   * nothing there is followed or waited for. Throws what node:fs throws (`code` ENOENT, EACCES, ENOSPC, …).
   */
  changeFile(path: string, change: (before: string | undefined) => string): void;
  /** The file's permission bits, such as 0o600; throws what node:fs throws. */
  permissions(path: string): number;
  /** Name of the operating system's user that runs the helper; undefined if the system has none for its number. */
  userName(): string | undefined;
  /** The host's wall clock, in milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that is never set back: budgets are measured with it. */
  elapsed(): number;
  /** A number in [0, 1), for jitter. */
  random(): number;
  /** Rejects with `signal.reason` as soon as the run is to stop. */
  sleep(milliseconds: number): Promise<void>;
  /** Aborted by SIGINT and SIGTERM; its reason is an AppError with exit code 130 or 143. */
  readonly signal: AbortSignal;
  /** Data: the report. */
  readonly out: Output;
  /** Talk: messages and advice. */
  readonly err: Output;
};
