import { basename } from 'node:path/posix';
import { shell } from '../../render/quoting.ts';
import type { Desired } from '../desired/desired.ts';
import { foldersAbove } from '../host/paths.ts';
import { isUnit } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import { type OtherRecord, setsOf } from '../record/manifest.ts';
import { type Part, part } from './part.ts';
import type { Kept } from './removals.ts';
import type { Refusal } from './step.ts';

/** What other specs need of what this one has installed: it goes with the last that needs it. */
export function neededByOthers({ others }: Pick<Observed, 'others'>): Kept {
  const all = others.map(({ manifest }) => manifest);
  const files = all.flatMap((manifest) => manifest.files.map(({ path }) => path));
  const links = all.flatMap((manifest) => manifest.links);
  const metrics = all.flatMap((manifest) => manifest.metrics);
  const records = others.map(({ path }) => path);
  const environmentFiles = all.map(({ environmentFile }) => environmentFile.path);
  return {
    files: new Set(files),
    units: new Set(files.filter(isUnit).map((path) => basename(path))),
    links: new Set(links),
    metrics: new Set(metrics),
    folders: new Set([...files, ...links, ...metrics, ...records, ...environmentFiles].flatMap(foldersAbove)),
  };
}

/** What stays for either of two reasons. */
export const keptForBoth = (a: Kept, b: Kept): Kept => ({
  files: new Set([...a.files, ...b.files]),
  units: new Set([...a.units, ...b.units]),
  links: new Set([...a.links, ...b.links]),
  metrics: new Set([...a.metrics, ...b.metrics]),
  folders: new Set([...a.folders, ...b.folders]),
});

/** Two specs may not have a partition set or a unit in common: each would install its own over the other's. */
export function refuseShared({ jobs, files }: Desired, { others }: Pick<Observed, 'others'>): Part {
  const sets = new Set(setsOf({ files }));
  const units = new Set(jobs.flatMap(({ timer, service }) => [timer, service]));
  return part({
    refusals: others.flatMap((other): Refusal[] => {
      const shared = setsOf(other.manifest).filter((set) => sets.has(set));
      const names = other.manifest.files.map(({ path }) => basename(path)).filter((name) => units.has(name));
      const what = shared.length > 0 ? `the partition set ${shared.join(', ')}` : `the unit ${names.join(', ')}`;
      if (shared.length + names.length === 0) return [];
      return [
        {
          found: `${what} belongs to another spec, ${nameOf(other)}`,
          fix: `Install that spec, give this one its name (name: ${other.name ?? '…'}), or take the other one away first: hotlookup uninstall --name ${shell(other.name ?? '…')}`,
          kind: 'refused',
        },
      ];
    }),
  });
}

const nameOf = ({ name, path }: OtherRecord): string => (name === undefined ? `that of ${path}` : `${name} (${path})`);

export type RemoveOptions = {
  /** Partition sets that this install may take away. */
  readonly remove: readonly string[];
  /** It may take away every partition set that the spec has not. */
  readonly removeOthers: boolean;
};

/** A partition set that is installed and that the spec has not is only taken away where a person says so. */
export function refuseRemovals(
  { files, name }: Desired,
  { manifest, isUnnamed }: Pick<Observed, 'manifest' | 'isUnnamed'>,
  { remove, removeOthers }: RemoveOptions,
): Part {
  if (!manifest || removeOthers) return part({});
  const wanted = new Set(setsOf({ files }));
  const going = setsOf(manifest).filter((set) => !wanted.has(set) && !remove.includes(set));
  if (going.length === 0) return part({});
  const options = going.map((set) => `--remove ${shell(set)}`).join(' ');
  const origin = isUnnamed ? 'an earlier install, perhaps of another spec,' : `the spec ${name}`;
  const isOne = going.length === 1;
  const what = isOne ? `the partition set ${going[0]} was` : `the partition sets ${going.join(', ')} were`;
  return part({
    refusals: [
      {
        found: `${what} installed from ${origin} and ${isOne ? 'is' : 'are'} not in this spec: ${isOne ? 'its' : 'their'} jobs would be taken away`,
        fix: `If this is the right spec and ${isOne ? 'it' : 'they'} shall go: ${options}. If it is another spec: give it a name of its own (name: …), and install the other one once before`,
        kind: 'refused',
      },
    ],
  });
}
