import type { Drift } from '../drift/drift.ts';
import type { EnvironmentFound } from '../observe/observed.ts';

/** One run of a job. Times in milliseconds since the epoch. */
export type JobRun = {
  readonly startedAt: number;
  /** undefined while it runs, or if nothing says when it ended. */
  readonly endedAt: number | undefined;
  /**
   * systemd's word (`success`, `exit-code`, `timeout`, …), `stopped` if somebody ended it, or `interrupted` if nothing says
   * how it ended; undefined while it runs.
   */
  readonly result: string | undefined;
  readonly exitStatus: number | undefined;
  /** Who knows it: systemd forgets at a reboot, the journal when it is rotated. */
  readonly from: 'systemd' | 'journal';
};

export type JobStatus = {
  /** `scanner-artifact-boms-ensure`, without `.service` or `.timer`. */
  readonly unit: string;
  readonly set: string;
  readonly job: 'ensure' | 'retention';
  /** Whether its timer and its service are there. */
  readonly installed: boolean;
  /** Of its own files and units. */
  readonly drift: readonly Drift[];
  /** In systemd's words, of the timer; `active` is undefined in an image. */
  readonly enabled: string;
  readonly active: string | undefined;
  /** Whether the job waits to be tried again after a failure. */
  readonly retrying: boolean;
  readonly lastRun: JobRun | undefined;
  /** Whether the journal could be read, without which a success may be missed. */
  readonly journalSeen: boolean;
  readonly lastSuccess: { readonly at: number; readonly from: JobRun['from'] } | undefined;
  /** When the timer last fired; or when it was first started, if it never did and the host was booted since. */
  readonly lastTrigger: number | undefined;
  readonly nextRun: number | undefined;
  /** The last lines that the failed job wrote. */
  readonly journal: readonly string[];
};

/** What the installed helper said of a partition set, or why it said nothing. */
export type PartitionsStatus = { readonly set: string } & (
  | {
      readonly is: 'read';
      readonly missing: readonly string[];
      /** An ISO 8601 instant or date; null if there is no place for rows now. */
      readonly runwayUntil: string | null;
      readonly runwayDays: number | null;
      /** What only a person can mend, and how; empty if the helper is of 0.1.0, which tells problems alone. */
      readonly findings: ReadonlyArray<{ readonly kind: string; readonly what: string; readonly fix: string }>;
      readonly problems: readonly string[];
    }
  | { readonly is: 'failed'; readonly exitCode: number; readonly said: string }
  | { readonly is: 'not seen'; readonly why: string }
);

/** Everything that `status` tells of a host or an image. */
export type HostStatus = {
  readonly root: string;
  readonly isLive: boolean;
  /** Whether a manifest says that something is installed. */
  readonly installed: boolean;
  readonly jobs: readonly JobStatus[];
  /** Of everything that belongs to no single job. */
  readonly drift: readonly Drift[];
  readonly environmentFile: { readonly path: string; readonly found: EnvironmentFound } | undefined;
  readonly partitions: readonly PartitionsStatus[];
  /** What could not be seen, and how it can be. */
  readonly notSeen: readonly string[];
};
