import type { HostFiles } from '../host/host.ts';
import { checkCalendars } from './calendars.ts';
import { checkExposure } from './exposure.ts';
import { ask } from './programs.ts';
import { libraryFolders, namesAt } from './reading.ts';
import { found, type GateReport, missing, notChecked, refused, together } from './report.ts';
import type { Subject } from './subject.ts';
import { checkUnits } from './verification.ts';

/** Older ones do not know every directive of the units (ExecPaths=, PrivateIPC=). */
const OLDEST = 249;
const TOOL = 'systemd-analyze';
const UPGRADE = `Upgrade to systemd ${OLDEST} or newer, or run the jobs by the cron file instead (hotlookup render)`;

/** Everything that systemd's own tools say of the units. */
export async function checkWithSystemd(subject: Subject): Promise<GateReport> {
  const { world, isLive } = subject;
  const version = versionIn((await ask(world, TOOL, ['--version']))?.stdout ?? '');
  if (version === undefined)
    return isLive
      ? found(missing(`${TOOL} is not on PATH`, "Install systemd's programs (package systemd), or put them on PATH"))
      : notChecked(`units, exposure and calendars: ${TOOL} is not on PATH`);
  if (version < OLDEST)
    return isLive
      ? found(refused(`systemd is ${version}; the units need ${OLDEST}`, UPGRADE))
      : notChecked(`units, exposure and calendars: ${TOOL} is ${version}, and ${OLDEST} is the oldest that can tell`);
  return together(
    await Promise.all([checkUnits(subject, version), checkExposure(subject, version), checkCalendars(subject)]),
  );
}

const versionIn = (text: string): number | undefined => {
  const digits = /^systemd (\d+)/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** The version of an image's systemd, which its library carries in its name; a live host's is asked. */
export function checkImageSystemd({ port: { files }, isLive }: Subject): GateReport {
  if (isLive) return found();
  const version = imageVersion(files);
  if (version === undefined) return notChecked("the image's systemd: it has none yet");
  return version < OLDEST
    ? found(refused(`the image's systemd is ${version}; the units need ${OLDEST}`, UPGRADE))
    : found();
}

function imageVersion(files: HostFiles): number | undefined {
  return libraryFolders(files)
    .flatMap((folder) => namesAt(files, `${folder}/systemd`))
    .flatMap((name) => /^libsystemd-shared-(\d+)/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)[0];
}
