import type { UnitState } from './host.ts';

/** Where administrators' units and the links of `systemctl enable` and `mask` lie. */
export const SYSTEM_UNITS = '/etc/systemd/system';

export const isUnit = (path: string): boolean => /\.(?:timer|service)$/.test(path);
export const isTimer = (path: string): boolean => path.endsWith('.timer');

/** The link that enables a timer (`WantedBy=timers.target`). */
export const wantsLink = (timer: string): string => `${SYSTEM_UNITS}/timers.target.wants/${timer}`;

/** Where systemd keeps the stamps of timers. */
export const STAMPS = '/var/lib/systemd/timers';

/** Where systemd remembers when a `Persistent=` timer elapsed last. */
export const stampPath = (timer: string): string => `${STAMPS}/stamp-${timer}`;

/** Where a link to /dev/null masks a unit: beside an administrator's units, and in the place of the unit's file. */
export const maskPlaces = (unit: string, unitsDir: string): string[] => [
  ...new Set([`${SYSTEM_UNITS}/${unit}`, `${unitsDir}/${unit}`]),
];

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
