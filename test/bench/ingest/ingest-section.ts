import { type Section, times } from '../section.ts';
import { largest } from '../statistics.ts';
import { type Latencies, MOST_WORST, medians, type Outcome } from './figures.ts';
import type { Setting } from './run.ts';

const COLUMNS = [
  { title: 'Maintenance' },
  ...['Worst insert, beside none', 'p99.9, beside none'].map((title) => ({ title, align: 'right' as const })),
];

const TARGET = `strategy concurrent at most ${MOST_WORST} × none`;

/** A row for each variant, medians of its runs; the one called `none` is what the others are compared with. */
export function ingestSection(
  outcomes: readonly Outcome[],
  setting: Setting,
  title = 'Inserts during maintenance',
): Section {
  const baseline = worstOf(outcomes, 'none');
  const ours = worstOf(outcomes, 'concurrent');
  const isMet = ours / baseline <= MOST_WORST;
  const failures = outcomes.flatMap((outcome) =>
    'failures' in outcome ? outcome.failures.map((failure) => `${outcome.name}: ${failure}`) : [],
  );
  return {
    title,
    columns: COLUMNS,
    rows: outcomes.map((outcome) => cells(outcome, mediansOf(outcomes, 'none'))),
    notes: [
      describe(outcomes, setting),
      `Target: ${TARGET}: ${isMet ? 'met' : 'missed'} (${times(ours / baseline)}).`,
      `Without maintenance, the load itself was late by at most ${times(latestSend(outcomes) / baseline)} the worst insert.`,
    ],
    missed: [...(isMet ? [] : [`the worst insert: ${TARGET}`]), ...failures],
    figures: { setting, outcomes: outcomes.map(withMedians) },
  };
}

function describe(outcomes: readonly Outcome[], { clients, perSecond, reader, lead }: Setting): string {
  return [
    `Medians of each one's runs (${numberOfRuns(outcomes)}), which took turns.`,
    `${clients} clients insert ${perSecond} rows a second; a transaction that has read the table stays open for ${spellSeconds(reader)};`,
    `${spellSeconds(lead)} into it the maintenance begins: one month is created, three are dropped.`,
    'A latency counts from the moment that the insert was due.',
  ].join(' ');
}

/** NaN if there was no run: a target is not met by it. */
function mediansOf(outcomes: readonly Outcome[], name: string): Latencies {
  const found = outcomes.find((outcome) => outcome.name === name);
  return found && 'runs' in found ? medians(found.runs) : { worst: Number.NaN, p999: Number.NaN, p99: Number.NaN };
}

const worstOf = (outcomes: readonly Outcome[], name: string): number => mediansOf(outcomes, name).worst;

function cells(outcome: Outcome, baseline: Latencies): string[] {
  if ('skipped' in outcome) return [outcome.what, 'skipped', outcome.skipped];
  const [failure] = outcome.failures;
  if (failure !== undefined) return [outcome.what, 'failed', failure];
  const { worst, p999 } = medians(outcome.runs);
  return [outcome.what, times(worst / baseline.worst), times(p999 / baseline.p999)];
}

const withMedians = (outcome: Outcome) =>
  'runs' in outcome ? { ...outcome, medians: medians(outcome.runs) } : outcome;

const numberOfRuns = (outcomes: readonly Outcome[]) =>
  Math.max(0, ...outcomes.map((outcome) => ('runs' in outcome ? outcome.runs.length : 0)));

const latestSend = (outcomes: readonly Outcome[]) =>
  largest(
    outcomes.flatMap((outcome) =>
      'runs' in outcome && outcome.name === 'none' ? outcome.runs.map((run) => run.latestSend) : [],
    ),
  );

const spellSeconds = (milliseconds: number) => `${milliseconds / 1_000} s`;
