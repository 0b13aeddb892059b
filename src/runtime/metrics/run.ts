import type { ExitCode } from '../../errors.ts';
import type { Learnt } from '../job/notes.ts';
import type { MetricsJob } from './file.ts';

/** A run that has ended, as far as its metrics tell of it. */
export type EndedRun = Learnt & {
  readonly set: string;
  readonly job: MetricsJob;
  readonly exitCode: ExitCode;
  /** The host's time at its end, in milliseconds since the epoch. */
  readonly endedAt: number;
  readonly durationMs: number;
};
