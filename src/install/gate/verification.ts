import { resolvePath } from '../host/resolve-path.ts';
import { SYSTEM_UNITS } from '../host/units.ts';
import { ask, linesOf } from './programs.ts';
import { found, type GateReport, missing, notChecked, refused, together } from './report.ts';
import { failureUnits, STAND_IN, type Stage, unitFileOf } from './stage.ts';
import type { Subject } from './subject.ts';

/** Since this one `verify` can be told to exit with an error; before it, what it says tells. */
const STRICT_SINCE = 250;

const CHOOSE_FOLDER = `Set unitsDir in the spec to ${SYSTEM_UNITS}, or to /usr/lib/systemd/system for a package`;

/** Where a host's units may lie, apart from what is made at boot (systemd.unit(5)). */
const UNIT_FOLDERS = [
  SYSTEM_UNITS,
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** Whether systemd takes every line of the units: any word of `systemd-analyze verify` is a finding. */
export async function checkUnits({ stage, world }: Subject, version: number): Promise<GateReport> {
  const result = await ask(world, 'systemd-analyze', [
    'verify',
    ...(version >= STRICT_SINCE ? ['--recursive-errors=yes'] : []),
    '--man=no',
    `--root=${stage.root}`,
    ...stage.units.keys(),
  ]);
  if (!result) return found();
  const said = linesOf(`${result.stdout}\n${result.stderr}`.replaceAll(stage.root, ''));
  if (said.length === 0 && result.exitCode !== 0) said.push(`exit code ${result.exitCode}`);
  return found(
    ...said
      .filter((line) => !isDenied(line, stage))
      .map((line) => refused(`systemd does not accept a unit: ${line}`, MEND)),
  );
}

/** A program on the stage has its execute bits; it is denied only where the temporary folder is mounted noexec. */
const isDenied = (line: string, { scripts }: Stage): boolean =>
  [...scripts, STAND_IN].some((path) => line.endsWith(`Command ${path} is not executable: Permission denied`));

const MEND = 'Change what the spec says there; if the spec does not say it, mend the template or report this';

/** Whether systemd finds the units where they go, and on them what they start when they fail. */
export function checkUnitNames({ desired: { unitsDir }, port: { files }, stage, isLive }: Subject): GateReport {
  const isKnown = UNIT_FOLDERS.some((folder) => folder === unitsDir || resolvePath(files, folder) === unitsDir);
  const named = [...stage.units].flatMap(([name, contents]) => failureUnits(name, contents));
  const places = [unitsDir, ...UNIT_FOLDERS];
  const exists = (name: string) => places.some((folder) => files.status(`${folder}/${name}`) !== undefined);
  const absent = new Set(named.filter((name) => !exists(name) && !exists(unitFileOf(name))).map(unitFileOf));
  return together([
    isKnown ? found() : found(refused(`systemd does not look for units in ${unitsDir}`, CHOOSE_FOLDER)),
    ...[...absent].map((name) =>
      isLive
        ? found(missing(`onFailure: there is no unit ${name}`, `Install ${name}, or leave onFailure out of the spec`))
        : notChecked(`onFailure: the image has no unit ${name} yet`),
    ),
  ]);
}
