import type { AppError } from '../../errors.ts';
import { oidsOf } from '../catalog/catalog.ts';
import { graceEnd, graceEndBySpec, HOLDING_SCHEMA } from '../catalog/grace.ts';
import { isInUse, type MarkedTable } from '../catalog/marked-tables.ts';
import type { Settings } from '../command/settings.ts';
import { plainName } from '../shared/sql.ts';
import { type Course, type CourseMaker, goingOn, unmarking } from './course.ts';
import type { ActionFacts } from './facts.ts';
import { isWanted, type Recovery, recoveryOf } from './recovery.ts';
import { pendingInUse } from './refusals.ts';

/** A pending detach first: while there is one, nothing else can be detached, and its rows are hidden. */
const ORDER = ['finalize', 'unmark', 'again', 'settle', 'leave'] as const;

export function recoveriesOf({ settings, command, survey: { marked, planned, cutoff } }: ActionFacts): Recovery[] {
  const due = oidsOf(planned);
  return marked
    .map((one) => recoveryOf(one, { table: plainName(settings.table), due, cutoff, graceDays: command.graceDays }))
    .sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what));
}

/** What is to become of a table that an earlier run had in hand. */
export type Continued = {
  readonly table: MarkedTable;
  readonly what: 'unmark' | 'finalize' | 'settle';
  readonly end: number;
  /** Its time is over, and so it is dropped. */
  readonly isOver: boolean;
  /** Retention as it is now would keep it: its detach is finished, and no more. */
  readonly isKept: boolean;
  /** It is dropped without a promise until when it would be kept: so it counts in this run. */
  readonly isUnpromised: boolean;
  readonly refusal: AppError | undefined;
};

export function continuationOf({ survey, settings, command }: ActionFacts, recovery: Recovery): Continued[] {
  const { what, table } = recovery;
  if (what === 'again' || what === 'leave') return [];
  const { catalog, cutoff } = survey;
  const { marker } = table;
  const isHeld = table.schema === HOLDING_SCHEMA;
  const byPerson = isHeld && command.applyGraceDays;
  const end = (byPerson ? graceEndBySpec : graceEnd)(table, command.graceDays);
  const isKept = isWanted(table, cutoff);
  // What is in the holding schema was promised something, whatever it was: that is written down before it may end.
  const isFirstSeen = isHeld && marker.until === undefined && !byPerson;
  const isOver = what !== 'unmark' && !isKept && end <= catalog.now && !isFirstSeen;
  return [
    {
      table,
      what,
      end,
      isOver,
      isKept,
      isUnpromised: isOver && !isHeld,
      refusal: what === 'finalize' && isKept ? inUse(table, catalog.now, settings) : undefined,
    },
  ];
}

function inUse(table: MarkedTable, now: number, settings: Settings): AppError | undefined {
  if (!isInUse(table, now, settings.ensure?.monthsAhead ?? 0)) return undefined;
  return pendingInUse(settings.table, table);
}

/** Empty if nothing is done. While the run is refused nothing is dropped, but what is half done comes to a safe place. */
export function courseOf(maker: CourseMaker, continued: Continued, isRefused: boolean): Course[] {
  const { table, what, end, isOver, isKept, refusal: stopped } = continued;
  if (stopped) return [];
  if (what === 'unmark') return [unmarking(table)];
  const isPending = what === 'finalize';
  const why = isPending
    ? 'an earlier run had begun to detach it'
    : isOver
      ? 'its grace is over'
      : continuedBecause(table);
  const staysPut = isKept || (isOver && isRefused);
  const course = goingOn(maker, table, {
    why,
    until: end,
    isPending,
    goesOn: !staysPut,
    endsAs: staysPut ? 'detached' : isOver ? 'dropped' : 'in-grace',
  });
  return course.actions.length > 0 ? [course] : [];
}

const continuedBecause = ({ marker }: MarkedTable) =>
  marker.until === undefined
    ? 'an earlier version had detached it, and its end is written down'
    : 'an earlier run had detached it';
