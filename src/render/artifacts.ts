import { basename } from 'node:path/posix';
import { METRICS_TMPFILES } from '../spec/host-files.ts';
import type { Artifact, Mode } from './artifact.ts';
import type { HostView } from './host-view.ts';
import { runbookView } from './runbook/view.ts';
import { SCANNER_SET } from './scanner-set.ts';
import type { BookView, SetView } from './set-view.ts';
import { migrationView } from './sql-view.ts';
import { ensureUnitView, retentionUnitView } from './unit-view.ts';

/** A kind of file that is rendered once, from the whole spec. */
export type HostKind = {
  /** Path of the template below `templates/`, without `.hbs`. */
  readonly template: string;
  readonly path: (host: HostView) => string;
  readonly purpose: string;
  readonly installed: (host: HostView) => { readonly path: string; readonly mode: Mode };
  /** What the template sees; false if this spec has no such file. */
  readonly view: (book: BookView) => object | false;
};

/** A kind of file that is rendered for each partition set. */
export type SetKind = {
  /** As above; the set's name takes the place of `SET` in it, which gives the path of the file. */
  readonly template: string;
  readonly path?: (set: SetView) => string | false;
  readonly mode: Artifact['mode'];
  readonly purpose: string;
  /** Where a host keeps it; files without a place stay in the repository. */
  readonly folder?: 'scriptsDir' | 'unitsDir';
  /** What the template sees; false if this set has no such file. */
  readonly view: (set: SetView) => object | false;
};

export const HOST_KINDS: readonly HostKind[] = [
  {
    template: 'devops/etc/scanner-hotlookup.env.example',
    path: ({ envFile }) => `devops/etc/${basename(envFile)}.example`,
    purpose: 'Example of the environment file that defines PG_DSN',
    installed: ({ envFile }) => ({ path: envFile, mode: '0600' }),
    view: (book) => book,
  },
  {
    template: 'docs/modules/scanner/operations/sbom-hot-lookup-operations.md',
    path: ({ runbook }) => `docs/modules/scanner/operations/${basename(runbook)}`,
    purpose: 'Runbook: manual runs, schedules, what to do when a job fails',
    installed: ({ runbook }) => ({ path: runbook, mode: '0644' }),
    view: runbookView,
  },
  {
    template: 'devops/etc/tmpfiles.d/hotlookup-metrics.conf',
    path: () => 'devops/etc/tmpfiles.d/hotlookup-metrics.conf',
    purpose: 'Lets systemd create the metrics folder at boot if it is missing',
    installed: () => ({ path: METRICS_TMPFILES, mode: '0644' }),
    view: (book) => book.metrics !== false && book,
  },
];

export const SET_KINDS: readonly SetKind[] = [
  {
    template: 'devops/scripts/SET-ensure-partitions.sh',
    mode: '0755',
    purpose: 'Creates the upcoming partitions',
    folder: 'scriptsDir',
    view: (set) => set.ensure && set,
  },
  {
    template: 'devops/scripts/SET-retention.sh',
    mode: '0755',
    purpose: 'Drops old partitions, or prints which it would drop',
    folder: 'scriptsDir',
    view: (set) => set.retention && set,
  },
  {
    template: 'devops/scripts/SET-partitions.sh',
    mode: '0755',
    purpose: 'Shows the partitions, and runs all other commands for them',
    folder: 'scriptsDir',
    view: (set) => set,
  },
  {
    template: 'devops/scripts/systemd/SET-ensure.service',
    mode: '0644',
    purpose: 'systemd service that creates the upcoming partitions',
    folder: 'unitsDir',
    view: (set) => set.ensure && ensureUnitView(set, set.ensure),
  },
  {
    template: 'devops/scripts/systemd/SET-ensure.timer',
    mode: '0644',
    purpose: 'systemd timer of that service',
    folder: 'unitsDir',
    view: (set) => set.ensure && ensureUnitView(set, set.ensure),
  },
  {
    template: 'devops/scripts/systemd/SET-retention.service',
    mode: '0644',
    purpose: 'systemd service that drops old partitions',
    folder: 'unitsDir',
    view: (set) => set.retention && retentionUnitView(set, set.retention),
  },
  {
    template: 'devops/scripts/systemd/SET-retention.timer',
    mode: '0644',
    purpose: 'systemd timer of that service',
    folder: 'unitsDir',
    view: (set) => set.retention && retentionUnitView(set, set.retention),
  },
  {
    template: 'devops/scripts/cron/SET',
    mode: '0644',
    purpose: 'The same schedule for cron, instead of the timers',
    view: (set) => set,
  },
  {
    template: 'devops/database/postgres-partitioning/SET_jobs.sql',
    path: ({ set }) =>
      set === SCANNER_SET && 'devops/database/postgres-partitioning/003_scanner_artifact_boms_hot_lookup_jobs.sql',
    mode: '0644',
    purpose: 'The same schedule for pg_cron, instead of the timers',
    view: (set) => set,
  },
  {
    template: 'src/Scanner/__Libraries/StellaOps.Scanner.Storage/Postgres/Migrations/025_artifact_boms_hot_lookup.sql',
    mode: '0644',
    purpose:
      "Migration: creates the partitioned table and both functions where the Scanner's own migration is not available",
    view: (set) => set.set === SCANNER_SET && migrationView(set),
  },
];
