import type { EnsureView, RetentionView, SetView } from './set-view.ts';

/** A job's units. */
export type UnitView<Job> = SetView & Job & { /** What the job does, in a few words. */ readonly description: string };

export const ensureUnitView = (set: SetView, job: EnsureView): UnitView<EnsureView> => ({
  ...set,
  ...job,
  description: `Create the upcoming partitions of ${set.table}`,
});

export const retentionUnitView = (set: SetView, job: RetentionView): UnitView<RetentionView> => ({
  ...set,
  ...job,
  description: `Drop partitions of ${set.table} older than ${job.keepMonths} months`,
});
