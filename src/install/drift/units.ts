import { basename } from 'node:path/posix';
import { PRESET_PATH } from '../desired/image-enablement.ts';
import type { UnitState } from '../host/host.ts';
import { isBadlyLoaded, isMaskedState, isUnit, SYSTEM_UNITS, wantsLink } from '../host/units.ts';
import { overriddenSettings } from '../host/units-overrides.ts';
import { type DropIn, isMask, type Observed } from '../observe/observed.ts';
import type { Drift, Expected } from './drift.ts';

/** Timers that are not enabled or not active, units that systemd has not read, and settings that others replace. */
export function unitDrift(expected: Expected, observed: Observed): Drift[] {
  const paths = new Map(expected.files.filter(({ path }) => isUnit(path)).map((file) => [basename(file.path), file]));
  return [
    ...expected.timers.flatMap((timer) => timerDrift(timer, paths.get(timer)?.path, observed)),
    ...[...paths].flatMap(([unit, { path }]) =>
      observed.at.has(path) ? loadedDrift(unit, path, observed.units.get(unit)) : [],
    ),
    ...observed.dropIns.flatMap((dropIn) => {
      const file = paths.get(dropIn.unit);
      const installed = file && observed.at.get(file.path);
      const text = file?.contents ?? (installed?.type === 'file' ? installed.contents.toString('utf8') : '');
      return dropInDrift(dropIn, text);
    }),
  ];
}

function timerDrift(timer: string, path: string | undefined, observed: Observed): Drift[] {
  if (path !== undefined && !observed.at.has(path)) return [];
  const enabled = enabledState(timer, observed);
  const active = observed.units.get(timer)?.active;
  return [
    ...(['enabled', 'preset'].includes(enabled)
      ? []
      : [{ subject: timer, is: 'not-enabled' as const, found: enabled }]),
    ...(active === undefined || active === 'active'
      ? []
      : [{ subject: timer, is: 'not-active' as const, found: active }]),
  ];
}

/** Whether a timer starts at boot, in systemd's words; `preset` in an image whose first boot enables it. */
export function enabledState(timer: string, { at, isLive, units }: Observed): string {
  const state = units.get(timer);
  if (isLive) return state ? (isMaskedState(state) ? 'masked' : state.unitFile || 'not found') : 'not found';
  if (isMask(at.get(`${SYSTEM_UNITS}/${timer}`))) return 'masked';
  if (at.has(wantsLink(timer))) return 'enabled';
  const preset = at.get(PRESET_PATH);
  const isPreset = preset?.type === 'file' && preset.contents.toString('utf8').includes(`enable ${timer}\n`);
  return isPreset ? 'preset' : 'disabled';
}

/** Both are one folder where /lib is a link. */
const place = (path: string): string => path.replace(/^\/usr\/lib\//, '/lib/');

function loadedDrift(unit: string, path: string, state: UnitState | undefined): Drift[] {
  if (!state || isMaskedState(state) || state.load === 'not-found') return [];
  return [
    // Of what it cannot use systemd says for ever that it needs a reload.
    ...(isBadlyLoaded(state)
      ? [{ subject: unit, is: 'unusable' as const, found: state.load }]
      : state.needsReload
        ? [{ subject: unit, is: 'reload' as const }]
        : []),
    ...(state.fragmentPath === '' || place(state.fragmentPath) === place(path)
      ? []
      : [{ subject: unit, is: 'shadowed' as const, by: state.fragmentPath }]),
  ];
}

const dropInDrift = ({ unit, path, contents }: DropIn, unitText: string): Drift[] =>
  overriddenSettings(unitText, contents).map((setting) => ({ subject: unit, is: 'drop-in', path, setting }));
