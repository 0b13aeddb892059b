import type { Spec } from '../spec/schema.ts';

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

export type Desired = {
  readonly files: readonly DesiredFile[];
  readonly jobs: readonly DesiredJob[];
  readonly unitsDir: string;
  readonly access: Spec['database']['access'];
  readonly environmentFile: { readonly path: string; readonly example: string };
};
