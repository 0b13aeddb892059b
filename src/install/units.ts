import { basename, dirname } from 'node:path/posix';
import type { Desired } from './desired.ts';
import type { UnitState } from './host.ts';
import type { InstalledManifest } from './manifest.ts';
import type { Found, Observed } from './observed.ts';
import type { Step } from './step.ts';

/** Where administrators' units and the links of `systemctl enable` and `mask` lie. */
export const SYSTEM_UNITS = '/etc/systemd/system';

export const isUnit = (path: string): boolean => /\.(?:timer|service)$/.test(path);
export const isTimer = (path: string): boolean => path.endsWith('.timer');

/** The link that enables a timer (`WantedBy=timers.target`). */
export const wantsLink = (timer: string): string => `${SYSTEM_UNITS}/timers.target.wants/${timer}`;

const STAMPS = '/var/lib/systemd/timers';

/** Where systemd remembers when a `Persistent=` timer elapsed last. */
export const stampPath = (timer: string): string => `${STAMPS}/stamp-${timer}`;

/** Where a link to /dev/null masks a unit: beside an administrator's units, and in the place of the unit's file. */
export const maskPlaces = (unit: string, unitsDir: string): string[] => [
  ...new Set([`${SYSTEM_UNITS}/${unit}`, `${unitsDir}/${unit}`]),
];

/** systemd takes an empty file for a mask too. */
export const isMask = (found: Found | undefined): boolean =>
  (found?.type === 'link' && found.target === '/dev/null') || (found?.type === 'file' && found.contents.length === 0);

export const UNKNOWN_UNIT: UnitState = {
  load: 'not-found',
  unitFile: '',
  active: 'inactive',
  isWaiting: false,
  nextElapse: undefined,
  fragmentPath: '',
  dropInPaths: [],
  needsReload: false,
};

export const isMaskedState = ({ load, unitFile }: UnitState): boolean =>
  load === 'masked' || unitFile.startsWith('masked');

/** Whether systemd found something in a unit's files that it cannot use. */
export const isBadlyLoaded = ({ load }: UnitState): boolean => load === 'bad-setting' || load === 'error';

export const isRunning = ({ active, isWaiting }: UnitState): boolean =>
  ['active', 'activating', 'reloading'].includes(active) && !isWaiting;

/** Names of the units that a manifest owns. */
export const ownedUnits = (manifest: InstalledManifest | undefined): string[] =>
  (manifest?.files ?? []).filter(({ path }) => isUnit(path)).map(({ path }) => basename(path));

export const wantedUnits = (desired: Desired | undefined): string[] =>
  (desired?.jobs ?? []).flatMap(({ timer, service }) => [timer, service]);

/** Whether systemd has to read its units again after these steps, or had to before. */
export const needsReload = (steps: readonly Step[], { isLive, units }: Observed): boolean =>
  isLive && (steps.some(changesUnit) || [...units.values()].some((state) => state.needsReload));

const changesUnit = (step: Step): boolean =>
  (step.do === 'write' || step.do === 'remove') && isUnit(step.path) && dirname(step.path) !== STAMPS;
