import { type Desired, wantedUnits } from '../desired/desired.ts';
import { isMaskedState, maskPlaces, UNKNOWN_UNIT } from '../host/units.ts';
import { type Found, isMask, type Observed } from '../observe/observed.ts';
import type { PlanOptions } from './options.ts';
import { type Part, part } from './part.ts';

export type Masks = {
  /** Units that stay masked. */
  readonly masked: ReadonlySet<string>;
  /** Files that masks stand in the place of. */
  readonly places: ReadonlySet<string>;
  /** Unmasks, if that is asked for. */
  readonly part: Part;
  /** The host as it is once that is done. */
  readonly observed: Observed;
};

/** Masks are an administrator's, and stay, unless `enable` is `force`. */
export function planMasks(desired: Desired, observed: Observed, { enable }: PlanOptions): Masks {
  const found = wantedUnits(desired).flatMap((unit) => {
    const places = maskPlaces(unit, desired.unitsDir).filter((place) => isMask(observed.at.get(place)));
    const isMasked = places.length > 0 || isMaskedState(observed.units.get(unit) ?? UNKNOWN_UNIT);
    return isMasked ? [{ unit, places }] : [];
  });
  const places = found.flatMap((mask) => mask.places);
  if (enable !== 'force') {
    const notes = found.map(({ unit }) => `${unit} is masked on this host and stays so: --enable unmasks it`);
    return { masked: new Set(found.map(({ unit }) => unit)), places: new Set(places), part: part({ notes }), observed };
  }
  const elsewhere = found.filter((mask) => mask.places.length === 0).map(({ unit }) => unit);
  return {
    masked: new Set(elsewhere),
    places: new Set(),
    part: part({
      steps: places.map((path) => ({ do: 'remove', path, why: 'masks a unit that is to be enabled' })),
      refusals: elsewhere.map((unit) => ({
        found: `${unit} is masked, and not by a link in /etc/systemd/system`,
        fix: `systemctl unmask --runtime ${unit}`,
        kind: 'refused',
      })),
    }),
    observed: { ...observed, at: without(observed.at, places) },
  };
}

const without = (at: ReadonlyMap<string, Found>, paths: readonly string[]): ReadonlyMap<string, Found> =>
  new Map([...at].filter(([path]) => !paths.includes(path)));
