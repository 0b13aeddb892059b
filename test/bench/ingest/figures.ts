import { largest, median, percentile } from '../statistics.ts';
import type { LoadResult } from './load.ts';

/** Insert latencies of one run, in milliseconds. */
export type Latencies = { readonly worst: number; readonly p999: number; readonly p99: number };

/** What one run gave; times in milliseconds. */
export type Figures = Latencies & {
  readonly inserts: number;
  /** How late the load itself was at worst: what is not the server's doing. */
  readonly latestSend: number;
  /** From the start of the maintenance to its end. */
  readonly maintenance: number;
};

export function figuresOf({ latencies, latestSend }: LoadResult): Omit<Figures, 'maintenance'> {
  return {
    worst: largest(latencies),
    p999: percentile(latencies, 0.999),
    p99: percentile(latencies, 0.99),
    inserts: latencies.length,
    latestSend,
  };
}

/** What became of one variant: its runs in their order, or why it could not be run. */
export type Outcome = { readonly name: string; readonly what: string } & (
  | { readonly runs: readonly Figures[]; readonly failures: readonly string[] }
  | { readonly skipped: string }
);

/** Medians of the runs, each figure for itself. */
export function medians(runs: readonly Figures[]): Latencies {
  const of = (pick: (figures: Figures) => number) => median(runs.map(pick));
  return { worst: of(({ worst }) => worst), p999: of(({ p999 }) => p999), p99: of(({ p99 }) => p99) };
}

/** The most that the median of the worst inserts may be, beside what it is without maintenance. */
export const MOST_WORST = 2;
