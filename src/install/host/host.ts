/** What the installer sees and does of a host or an image. `io/` implements it; tests make every single call fail. */

export type HostEntry = {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Permission bits, such as 0o4755. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

/**
 * The file system below one root. Paths are the host's own, absolute ones, such as /etc/systemd/system; symbolic links in
 * them are followed inside the root; the last part is not, but for `list` and `syncDirectory`. Each call is one operation
 * that fails or succeeds alone; a failure has the system's `code` (ENOSPC, EROFS, …).
 */
export type HostFiles = {
  /** `/` on a live host, else the image's folder. */
  readonly root: string;
  /** undefined if nothing is there. */
  status(path: string): HostEntry | undefined;
  /** undefined if nothing is there. */
  read(path: string): Buffer | undefined;
  /** Where a link points, as it is written. */
  readLink(path: string): string;
  /** Names in a folder, sorted; empty if there is no such folder. */
  list(path: string): string[];
  /** Makes one folder, with exactly these permission bits. */
  makeDirectory(path: string, mode: number): void;
  /** Fails unless the folder is empty. */
  removeDirectory(path: string): void;
  /** Makes a new file that nobody else sees half-written: exact mode, contents on the disk when it returns. */
  createFile(path: string, contents: Buffer, mode: number): void;
  createLink(path: string, target: string): void;
  /** Gives a file or link a second name (a hard link), which keeps it whatever happens to the first. */
  addName(path: string, name: string): void;
  rename(from: string, to: string): void;
  /** Removes a file or a link. */
  remove(path: string): void;
  changeMode(path: string, mode: number): void;
  changeOwner(path: string, uid: number, gid: number): void;
  /** When a file's contents changed last, in milliseconds since the epoch. */
  modified(path: string): number;
  changeModified(path: string, time: number): void;
  /** Brings a folder's list of names to the disk. */
  syncDirectory(path: string): void;
};

/** What `systemctl show` says of a unit; words are systemd's own. */
export type UnitState = {
  /** `loaded`, `not-found`, `bad-setting`, `masked`, … */
  readonly load: string;
  /** `enabled`, `disabled`, `masked`, `static`, … or empty. */
  readonly unitFile: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string;
  /** Whether a job has failed and waits to be started again; systemd calls that `activating`, too. */
  readonly isWaiting: boolean;
  /** The next time a timer elapses, in milliseconds since the epoch; undefined if never or not a timer. */
  readonly nextElapse: number | undefined;
  readonly fragmentPath: string;
  readonly dropInPaths: readonly string[];
  /** `NeedDaemonReload=`: the unit's files changed since systemd read them. */
  readonly needsReload: boolean;
};

/** A running systemd. Each call runs one program; a failure is an error with what the program said. */
export type Systemd = {
  show(unit: string): Promise<UnitState>;
  /** The same for several units with one program, by name; none for no units. */
  showAll(units: readonly string[]): Promise<ReadonlyMap<string, UnitState>>;
  /**
   * Runs `systemctl` with these arguments, such as `['enable', '--now', 'x.timer']`. When the signal comes it waits no
   * longer and fails; what it asked of systemd goes on.
   */
  control(args: readonly string[], signal?: AbortSignal): Promise<void>;
};

/** A live host has a running systemd and is changed as root; an image has neither. */
export type HostPort = {
  readonly files: HostFiles;
  readonly systemd: Systemd | undefined;
  /** Whether this process may give files to root. */
  readonly isRoot: boolean;
  /** Whose files this process makes, as their status shows it: under fakeroot the user's, not root's. */
  readonly uid: number;
  /** Runs `use` while nobody else installs to the same root; an `AppError` with exit code 6 if somebody does. */
  locked<Result>(use: () => Promise<Result>): Promise<Result>;
};
