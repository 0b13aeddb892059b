import { AppError } from '../../errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { RestoreCommand, Settings } from '../command/settings.ts';
import type { Outcome } from '../job/job.ts';
import { type Action, type Line, line, makeReport, type Plan, type Report } from '../job/report.ts';
import { monthFrom, monthOf } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { spellInstant } from '../shared/words.ts';
import type { Finding } from './finding.ts';
import type { Surveyed } from './survey.ts';

export type Ended = {
  readonly command: RestoreCommand;
  readonly settings: Settings;
  /** The catalog at the end. */
  readonly catalog: Catalog;
  readonly lines: readonly Line[];
  readonly plan?: Plan | undefined;
  readonly restoredRows?: Report['restoredRows'];
  readonly lockWaits: number;
  readonly cutoff: number | undefined;
  readonly remarks?: readonly string[];
  readonly failure?: AppError | undefined;
};

export function restoreReport({ command, settings, catalog, remarks = [], failure, ...rest }: Ended): Outcome {
  const report = makeReport({
    job: 'restore',
    set: settings.set,
    table: plainName(settings.table),
    dryRun: command.dryRun,
    now: catalog.now,
    missing: [],
    settings: catalog.settings,
    partitions: catalog.partitions,
    problems: [...(failure ? failure.message.split('\n') : []), ...remarks],
    ...rest,
  });
  return { report, failure };
}

/** What becomes of the table, under the name that it will have. */
export function targetLine({ facts: { target, table }, rows }: Surveyed, action: Action, reason: string): Line {
  const { destination, current, from, to, oid } = target;
  const partition = {
    ...destination,
    oid,
    from,
    to,
    isDefault: false,
    pending: false,
    rows: rows?.rows ?? null,
    bytes: table.bytes,
    heapBytes: null,
    hasRows: null,
  };
  return { ...line(partition, action, reason), heldAs: action === 'restored' ? null : plainName(current) };
}

/** All findings at once, each with what mends it. */
export function refusedBy(findings: readonly Finding[], name: string): AppError {
  const kind = findings.every((finding) => finding.kind === 'missing') ? 'missing' : 'refused';
  const told = findings.map(({ what, fix }) => `${what}. ${fix}`);
  return new AppError(kind, [`${name} was not restored:`, ...told].join('\n'), {
    advice: 'Nothing was changed. Mend that, and run restore again.',
  });
}

/** What a person should do, now that it is back. */
export function remarksOn({ facts, catalog }: Surveyed, settings: Settings, cutoff: number | undefined): string[] {
  const { target, table } = facts;
  const fallback = catalog.partitions.find(({ isDefault }) => isDefault);
  const invalid = table.indexes.filter(({ isValid }) => !isValid).map(({ name }) => name);
  return [
    ...(cutoff !== undefined && target.to <= cutoff
      ? [
          `the partition ends at or before the cutoff ${spellInstant(cutoff)}, so the next retention takes it away again: before that, set keepMonths to ${monthOf(catalog.now) - monthFrom(target.to) + 1} or more in the spec, render and install; or switch off the timer of ${settings.set}-retention`,
        ]
      : []),
    ...(fallback
      ? [`ATTACH locks the DEFAULT partition ${plainName(fallback)} and scans it, which everybody waits for meanwhile`]
      : []),
    ...(invalid.length > 0 ? [`invalid indexes are of no use and were left: ${invalid.join(', ')}`] : []),
  ];
}
