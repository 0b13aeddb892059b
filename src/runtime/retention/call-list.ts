import { callSql, requireFunction } from '../catalog/preconditions.ts';
import type { Action } from '../job/action.ts';
import { type Month, monthOf } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { type ActionFacts, dueBecause } from './facts.ts';
import { membersOf, steps } from './plan.ts';

/** One call for each month, so that each locks for one partition at a time. Where the month turns meanwhile, the number is one more. */
export function callsOf({ settings, command, survey: { catalog, planned, cutoff } }: ActionFacts): Action[] {
  const routine = requireFunction(catalog, command.function, 'integer, boolean');
  const call = (keepMonths: number) => callSql(command.function, routine, [`${keepMonths}`, 'false']);
  const months = steps(planned, catalog.now);
  const goneBy = (month: Month | undefined) => (month === undefined ? [] : membersOf(planned, month));
  return months.map((firstKept, index) => {
    const keepMonths = monthOf(catalog.now) - firstKept;
    return {
      kind: 'call',
      partitions: goneBy(firstKept)
        .filter((one) => !goneBy(months[index - 1]).includes(one))
        .map(plainName),
      why: dueBecause(cutoff),
      statements: [call(keepMonths)],
      lock: `the function decides; to drop a partition is ACCESS EXCLUSIVE on all of ${plainName(settings.table)}`,
      followUps: [call(keepMonths + 1)],
      endsAs: 'dropped',
    };
  });
}
