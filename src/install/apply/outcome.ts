import { AppError } from '../../errors.ts';
import type { Step } from '../plan/step.ts';
import { messageOf } from './message.ts';

/** A job that was run and failed. */
export type FailedJob = { readonly unit: string; readonly why: string };

/** How far a run came. */
export type Progress = {
  /** Whether a signal ends it before what it is `doing`, or in the midst of it. */
  when: 'before' | 'during';
  doing: string;
  readonly done: Step[];
  readonly failed: FailedJob[];
};

/** What `--json` tells of a run that was undone. */
type RolledBack = {
  /** How many of the steps were done, and undone again. */
  readonly done: number;
  /** What failed, or was stopped. */
  readonly at: string;
  readonly why: string;
  readonly notUndone: readonly string[];
};

/** What a job did in the database is not the installer's to undo. */
function whatStays({ done, failed }: Progress): string {
  const ran = done.flatMap((step) => (step.do === 'run' ? [step.unit] : []));
  const well = ran.filter((unit) => failed.every((job) => job.unit !== unit));
  return well.length === 0 ? '' : `, but for the partitions that ${well.join(' and ')} made`;
}

/** The error (exit code 9) that tells why everything was undone, and what could not be. */
export function rolledBack(
  progress: Progress,
  cause: unknown,
  isStopped: boolean,
  notUndone: readonly string[],
): AppError {
  const { when, doing, done } = progress;
  const why = messageOf(cause);
  const what = isStopped ? `${why} ${when} ${doing}` : `${doing} failed: ${why}`;
  const document: RolledBack = { done: done.length, at: doing, why, notUndone };
  const again = isStopped ? 'Run the same command again' : 'Mend the cause, then run the same command again';
  const common = { cause, data: { rolledBack: document } };
  if (notUndone.length === 0)
    return new AppError(
      'rolledBack',
      `${what}\nEverything that was done is undone: all is as it was before${whatStays(progress)}`,
      { advice: again, ...common },
    );
  return new AppError(
    'rolledBack',
    [`${what}\nAll is as it was before${whatStays(progress)}, except for what could not be undone:`, ...notUndone].join(
      '\n  ',
    ),
    { advice: `${again}: it starts from what is there`, ...common },
  );
}
