import { parseSchedule } from '../../spec/schedule.ts';
import type { SetView } from '../set-view.ts';
import { alertLimits } from './alert-limits.ts';
import type { WatchedSet } from './alerts.ts';

/** A set with the limits of its alerts, which follow from its jobs' schedules. */
export function watchedSet({ set, ensure, retention }: SetView): WatchedSet {
  const ofEnsure = ensure && alertLimits(parseSchedule(ensure.cron), ensure.monthsAhead);
  const ofRetention = retention && alertLimits(parseSchedule(retention.cron), 0);
  return {
    set,
    shortRunway: ofEnsure ? ofEnsure.shortRunway : false,
    jobs: [
      ...(ofEnsure ? [{ set, job: 'ensure' as const, staleAfter: ofEnsure.staleAfter }] : []),
      ...(ofRetention ? [{ set, job: 'retention' as const, staleAfter: ofRetention.staleAfter }] : []),
    ],
  };
}
