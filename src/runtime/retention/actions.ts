import type { AppError } from '../../errors.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import { asPartition } from '../catalog/marked-tables.ts';
import type { Action } from '../job/action.ts';
import { plainName } from '../shared/sql.ts';
import { count } from '../shared/words.ts';
import { callsOf } from './call-list.ts';
import { continuationOf, courseOf, recoveriesOf } from './continued.ts';
import { type Course, type CourseMaker, takingAway } from './course.ts';
import { type ActionFacts, dueBecause } from './facts.ts';
import { housed } from './housing.ts';
import { clockObjections, objections } from './plan.ts';
import { nothingDropped } from './refusals.ts';
import { concurrentObjections, mayDetach } from './survey.ts';

/** A table that is due or marked and stays as it is, and why. */
type Left = { readonly oid: number; readonly why: string };

/** All that a run does, in its order: a dry run prints it. */
export type RetentionActions = {
  /** What asks the function for its dry run; it was sent when this list was made, and taken back. */
  readonly ask: Action | undefined;
  /** Makes the holding schema. */
  readonly makeSchema: Action | undefined;
  readonly courses: readonly Course[];
  /** Calls of the function, where partitions go by it. */
  readonly calls: readonly Action[];
  readonly left: readonly Left[];
  /** What a person should know although the run goes on. */
  readonly remarks: readonly string[];
  /** What stops a part of the run or all of it: it ends with the first of these. */
  readonly failures: readonly AppError[];
};

/** The whole list, in the order in which it is carried out. */
export function retentionActions(facts: ActionFacts): RetentionActions {
  const { survey, hostNow, command } = facts;
  const { catalog, marked, planned, conditions } = survey;
  const canDetach = mayDetach(conditions);
  const isConcurrent = survey.strategy.chosen === 'concurrent';
  const clocks = marked.length + planned.length > 0 ? clockObjections(catalog.now, hostNow) : [];
  const recoveries = canDetach ? recoveriesOf(facts) : [];
  const continued = recoveries.flatMap((recovery) => continuationOf(facts, recovery));
  // A table whose grace ends goes for good, too.
  const isAnythingDropped = planned.length > 0 || continued.some(({ isOver }) => isOver);
  const reasons = [
    ...clocks,
    ...objections({
      ...command,
      now: catalog.now,
      partitions: catalog.partitions,
      planned,
      unpromised: continued.filter(({ isUnpromised }) => isUnpromised).map(({ table }) => asPartition(table)),
    }),
    ...(isConcurrent ? concurrentObjections(survey) : []),
    ...survey.disagreements,
    ...(isAnythingDropped && !command.allowIdle && survey.idle !== undefined ? [survey.idle] : []),
  ];
  const maker = makerOf(facts);
  const refusals = continued.flatMap(({ refusal }) => refusal ?? []);
  const isBlocked = refusals.length > 0 && isConcurrent;
  const begun = clocks.length > 0 ? [] : continued.flatMap((one) => courseOf(maker, one, reasons.length > 0));
  const goes = reasons.length === 0 && !isBlocked;
  const due = isConcurrent && goes ? planned.map((one) => takingAway(maker, one, dueBecause(survey.cutoff))) : [];
  const { makeSchema, failure, courses, homeless } = housed([...begun, ...due], survey);
  return {
    ask: survey.ask,
    makeSchema,
    courses,
    calls: !isConcurrent && goes ? callsOf(facts) : [],
    left: [
      ...(goes
        ? []
        : planned.map(({ oid }) => ({ oid, why: `${dueBecause(survey.cutoff)}; it stays, as this run is refused` }))),
      ...homeless.map(({ oid, why }) => ({
        oid,
        why: `${why}; it stays, as the schema ${HOLDING_SCHEMA} cannot be used`,
      })),
      ...continued.flatMap(({ table, refusal }) => (refusal ? [{ oid: table.oid, why: refusal.message }] : [])),
    ],
    remarks: [
      ...(survey.isAskBlocked
        ? [`other sessions hold locks that ${plainName(command.function)} needs, so its dry run could not be asked`]
        : []),
      ...(canDetach || marked.length === 0
        ? []
        : [
            `${count(marked.length, 'table')} that retention marked must wait for a run as their owner, without a pooler: ${marked.map(plainName).join(', ')}`,
          ]),
      ...recoveries.flatMap((recovery) => (recovery.what === 'leave' ? [recovery.why] : [])),
    ],
    failures: [
      ...(reasons.length > 0 ? [nothingDropped(reasons, command.dryRun)] : []),
      ...refusals,
      ...(failure ? [failure] : []),
    ],
  };
}

function makerOf({ settings, command, survey: { catalog, details } }: ActionFacts): CourseMaker {
  return {
    set: settings.set,
    table: settings.table,
    now: catalog.now,
    graceDays: command.graceDays,
    details: new Map(details.tables.map((detail) => [detail.oid, detail])),
    taken: new Set(details.holding.names),
  };
}
