/**
 * Exit codes are an API: scripts, units (`SuccessExitStatus=`, `RestartPreventExitStatus=`) and people branch on them.
 * One table serves the generator and the runtime helper; `--help`, the README and the runbook print it.
 */
export const EXIT = {
  done: 0,
  differences: 1,
  usage: 2,
  configuration: 3,
  unreachable: 4,
  missing: 5,
  locked: 6,
  refused: 7,
  lockBudget: 8,
  rolledBack: 9,
  internal: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means to the person or script that sees it. */
export const EXIT_MEANINGS: ReadonlyArray<readonly [ExitCode, string]> = [
  [EXIT.done, 'done'],
  [EXIT.differences, 'differences found, or not as it should be'],
  [EXIT.usage, 'wrong arguments; nothing was touched'],
  [EXIT.configuration, 'spec or PG_DSN missing or invalid'],
  [EXIT.unreachable, 'database unreachable or short of a resource, a standby, or TLS refused'],
  [EXIT.missing, 'object, privilege, password, root or program missing'],
  [EXIT.locked, 'another run holds the lock (not a failure)'],
  [EXIT.refused, 'refused by a gate or a safety rail; a person must look'],
  [EXIT.lockBudget, 'time budget spent waiting for locks or for a statement'],
  [EXIT.rolledBack, 'install failed and was rolled back'],
  [EXIT.internal, 'internal error; please report it'],
  [EXIT.interrupted, 'stopped by SIGINT, cleanly'],
  [EXIT.terminated, 'stopped by SIGTERM, cleanly'],
];

/** What an error is about. `cut`: the connection was lost while a statement ran, so whether it took effect is unknown. */
export type ErrorKind = Exclude<keyof typeof EXIT, 'done'> | 'cut';

/** The exit code of an error follows from its kind, here alone. */
export const exitCodeOf = (kind: ErrorKind): ExitCode => EXIT[kind === 'cut' ? 'unreachable' : kind];

/**
 * An error that was foreseen: its message says what was found and what is allowed, its advice what to do next.
 * Anything else that is thrown is a defect and ends with exit code 70.
 */
export class AppError extends Error {
  readonly kind: ErrorKind;
  readonly advice: string | undefined;
  /** What `--json` tells beside the error. */
  readonly data: Readonly<Record<string, unknown>>;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { advice?: string; cause?: unknown; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.kind = kind;
    this.advice = options.advice;
    this.data = options.data ?? {};
  }

  get exitCode(): ExitCode {
    return exitCodeOf(this.kind);
  }
}
