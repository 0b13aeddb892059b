import type { Spec } from '../../spec/schema.ts';

/** What the rendered artifacts ask of a host. */
export type DesiredFile = { readonly path: string; readonly contents: string; readonly mode: number };

export type DesiredJob = {
  readonly set: string;
  readonly job: 'ensure' | 'retention';
  readonly timer: string;
  readonly service: string;
  /** OnCalendar= values. */
  readonly calendars: readonly string[];
  /** The installed script that does everything else, for `status`. */
  readonly partitionsScript: string;
};

/** Where the jobs leave their metrics, and the group that may write there. The jobs make the files, an install the folder. */
export type DesiredMetrics = {
  readonly directory: string;
  readonly group: string;
  readonly files: readonly string[];
};

export type Desired = {
  /** The name of the spec. */
  readonly name: string;
  readonly files: readonly DesiredFile[];
  readonly jobs: readonly DesiredJob[];
  readonly unitsDir: string;
  readonly access: Spec['database']['access'];
  readonly metrics: DesiredMetrics | undefined;
  readonly environmentFile: { readonly path: string; readonly example: string };
};

/** Names of the units that a spec asks for. */
export const wantedUnits = (desired: Desired | undefined): string[] =>
  (desired?.jobs ?? []).flatMap(({ timer, service }) => [timer, service]);
