import { basename } from 'node:path/posix';
import { METRICS, type Metric } from '../../runtime/metrics/table.ts';
import type { HostView } from '../host-view.ts';
import { SCANNER_SET } from '../scanner-set.ts';
import type { BookView } from '../set-view.ts';
import { type AlertView, alertViews, type RuleView, ruleViews } from './alerts.ts';
import { type ExitView, exitViews } from './exit-advice.ts';
import { type RunbookSetView, runbookSet } from './set.ts';
import { watchedSet } from './watched.ts';

/** Where the helper on the host puts what it has detached. */
const HOLDING_SCHEMA = 'hotlookup_grace';

type MetricsView = {
  readonly directory: string;
  readonly group: string;
  readonly series: readonly Pick<Metric, 'name' | 'type' | 'help'>[];
  readonly alerts: readonly AlertView[];
  readonly rules: readonly RuleView[];
};

export type RunbookView = Omit<HostView, 'metrics'> & {
  readonly sets: readonly RunbookSetView[];
  readonly metrics: MetricsView | false;
  readonly hasMetrics: boolean;
  readonly exits: readonly ExitView[];
  readonly libraryDir: string;
  /** Whether the Scanner's own set, with its SQL files, is among the sets. */
  readonly scannerSet: boolean;
  readonly holdingSchema: string;
  /** Whether any set keeps what it has detached. */
  readonly hasGrace: boolean;
  /** Whether any set may detach by itself, which its table's owner alone can do. */
  readonly mayDetach: boolean;
  /** Paths of the environment file's example and of the runbook itself in the generated tree. */
  readonly envExample: string;
  readonly runbookSource: string;
};

/** Everything that the runbook says, for all partition sets of the spec. */
export function runbookView(book: BookView): RunbookView {
  return {
    ...book,
    sets: book.sets.map(runbookSet),
    metrics: book.metrics && {
      ...book.metrics,
      series: Object.values(METRICS),
      alerts: alertViews(),
      rules: ruleViews(book.sets.map(watchedSet)),
    },
    hasMetrics: book.metrics !== false,
    exits: exitViews(),
    holdingSchema: HOLDING_SCHEMA,
    hasGrace: book.sets.some(({ retention }) => retention !== false && retention.hasGrace),
    mayDetach: book.sets.some(({ retention }) => retention !== false && retention.strategy !== 'function'),
    scannerSet: book.sets.some(({ set }) => set === SCANNER_SET),
    libraryDir: `${book.scriptsDir}/lib`,
    envExample: `devops/etc/${basename(book.envFile)}.example`,
    runbookSource: `docs/modules/scanner/operations/${basename(book.runbook)}`,
  };
}
