import type { HostPort } from './install/host/host.ts';

/** The ports: everything that the program does outside itself passes one of these types. `io/` implements them. */

export type FileStatus = {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, such as 0o755. */
  readonly mode: number;
};

/**
 * Synchronous, because for many small files that is several times faster than promises. Paths are absolute or relative to
 * the working folder. What the system refuses (no permission, a full disk, a read-only folder) is an `AppError` with exit
 * code 5 that names the path.
 */
export type Files = {
  /** Status of the path itself (links are not followed); undefined if nothing is there. */
  status(path: string): FileStatus | undefined;
  /** Contents; undefined if nothing is there. */
  read(path: string): Buffer | undefined;
  /** Names in a folder, sorted; empty if there is no such folder. */
  list(path: string): string[];
  /** Creates or replaces a file in one step, with exactly these permission bits whatever the umask is. */
  write(path: string, contents: string, mode: number): void;
  changeMode(path: string, mode: number): void;
  /** Makes the folder and its parents, 0755 whatever the umask is; those that exist stay as they are. */
  makeDirectory(path: string): void;
  makeTemporaryDirectory(prefix: string): string;
  removeFile(path: string): void;
  /** Removes the folder if it is empty and says whether it did. */
  removeEmptyDirectory(path: string): boolean;
  removeTree(path: string): void;
};

export type ProcessResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type Processes = {
  /** Runs a program found on PATH to its end. A program that cannot be started is an `AppError` with exit code 5. */
  run(
    program: string,
    args: readonly string[],
    options?: {
      /** Added to the program's own environment. */
      environment?: Readonly<Record<string, string>>;
      onOutput?: (chunk: string) => void;
      /** Ends the program with SIGTERM when aborted; `run` still waits for its end. */
      signal?: AbortSignal;
      /** Ends it with SIGTERM when it has run for so long. */
      limitMs?: number;
    },
  ): Promise<ProcessResult>;
};

export type Terminal = {
  /** stdout: data. Written as it is, so a line brings its own line end; the same for `err`. */
  out(text: string): void;
  /** stderr: talk. */
  err(text: string): void;
  /** Whether stdout may be coloured: a terminal, and NO_COLOR is unset. */
  readonly color: boolean;
  /** Columns of the terminal; undefined for pipes. */
  readonly columns: number | undefined;
};

/** A PostgreSQL inside this process that listens on 127.0.0.1. It has one backend and asks for no password. */
export type EmbeddedDatabase = {
  readonly port: number;
  /** Runs statements as the superuser. */
  execute(text: string): Promise<void>;
  /** Rows of one statement, run as the superuser. */
  query<Row>(text: string): Promise<Row[]>;
  /** Makes the next connection that role's, whatever user it names, in a session without leftovers. No connection may be open. */
  openFor(role: string): Promise<void>;
  stop(): Promise<void>;
};

export type World = {
  readonly files: Files;
  readonly processes: Processes;
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Absolute path of the folder that the program was built to (`dist`), where the runtime helper's bundle lies. */
  readonly distribution: string;
  now(): Date;
  /** The host (`/`) or the image in a folder; an `AppError` with exit code 2 if there is no such folder. */
  openHost(root: string): Promise<HostPort>;
  /** An `AppError` with exit code 5 where PGlite is not installed. */
  startDatabase(): Promise<EmbeddedDatabase>;
  /**
   * Runs `use` with a signal that SIGINT, SIGTERM and SIGHUP abort, so that it can clean up; the signal's reason is the
   * `AppError` to end with (exit code 130 or 143). Outside of it they end the program at once.
   */
  interruptible<Result>(use: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
};
