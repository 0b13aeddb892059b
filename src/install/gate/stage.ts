import { basename, dirname, join } from 'node:path/posix';
import type { Files } from '../../world.ts';
import type { Desired, DesiredFile } from '../desired/desired.ts';
import { isUnit, SYSTEM_UNITS } from '../host/units.ts';
import { settings } from './unit-settings.ts';

/** A folder that stands in for the target's `/` and holds every artifact, where programs can judge them. */
export type Stage = {
  readonly root: string;
  /** Paths on the target. */
  readonly scripts: readonly string[];
  /** By name. */
  readonly units: ReadonlyMap<string, string>;
};

/** Targets that systemd pulls in or that the units name; every host has them. */
const TARGETS = ['sysinit', 'basic', 'shutdown', 'timers', 'network-online'].map((name) => `${name}.target`);
/** What the units that stand in run. */
export const STAND_IN = '/bin/true';

/** Runs `use` on a stage that is removed afterwards, whatever happens. */
export async function withStage<Result>(
  desired: Desired,
  files: Files,
  use: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const root = files.makeTemporaryDirectory('hotlookup-gate-');
  try {
    return await use(fill(root, desired, files));
  } finally {
    files.removeTree(root);
  }
}

const isScript = ({ contents, mode }: DesiredFile): boolean => (mode & 0o111) !== 0 && contents.startsWith('#!');

function fill(root: string, desired: Desired, files: Files): Stage {
  const put = (path: string, contents: string, mode: number) => {
    files.makeDirectory(dirname(join(root, path)));
    files.write(join(root, path), contents, mode);
  };
  const units = new Map(
    desired.files.filter(({ path }) => isUnit(path)).map(({ path, contents }) => [basename(path), contents]),
  );
  for (const { path, contents, mode } of desired.files) if (!isUnit(path)) put(path, contents, mode);
  for (const [name, contents] of [...standIns(units), ...units]) put(`${SYSTEM_UNITS}/${name}`, contents, 0o644);
  put(STAND_IN, '', 0o755);
  return { root, units, scripts: desired.files.filter(isScript).map(({ path }) => path) };
}

/** Units of the host that ours name. */
function standIns(units: ReadonlyMap<string, string>): Array<[name: string, contents: string]> {
  const target = '[Unit]\nDescription=stands for the unit of the host\n';
  const service = `${target}[Service]\nType=oneshot\nExecStart=${STAND_IN}\n`;
  const onFailure = [...units].flatMap(([name, contents]) => failureUnits(name, contents));
  return [
    ...TARGETS.map((name): [string, string] => [name, target]),
    ...onFailure.map((name): [string, string] => [unitFileOf(name), name.endsWith('.target') ? target : service]),
  ];
}

/** What OnFailure= of a unit names, specifiers resolved. */
export function failureUnits(unit: string, contents: string): string[] {
  const stem = unit.slice(0, unit.lastIndexOf('.'));
  return settings(contents, 'Unit', 'OnFailure')
    .flatMap((value) => value.split(/\s+/))
    .filter((name) => name !== '')
    .map((name) => name.replaceAll('%n', unit).replaceAll('%N', stem).replaceAll('%p', stem));
}

/** The file that defines a unit: of an instance, its template. */
export const unitFileOf = (name: string): string => name.replace(/@.*(?=\.)/, '@');
