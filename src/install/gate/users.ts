import type { HostFiles } from '../host/host.ts';
import { ask } from './programs.ts';
import { libraryFolders, textAt } from './reading.ts';
import { found, type GateReport, missing, notChecked } from './report.ts';
import type { Subject } from './subject.ts';

/** Whether the user of the services is known where it must be: to systemd, or to the server that checks a peer's name. */
export async function checkUser(subject: Subject): Promise<GateReport> {
  const { spec } = subject;
  if (!spec.dynamicUser) return checkStaticUser(subject, spec.user);
  return spec.database.access === 'socket' ? checkNames(subject) : found();
}

const inPasswd = (files: HostFiles, user: string): boolean =>
  (textAt(files, '/etc/passwd') ?? '').split('\n').some((line) => line.startsWith(`${user}:`));

/** getent also asks directories such as LDAP, but it is this machine's: in an image only the file can tell. */
async function checkStaticUser({ port: { files }, world, isLive }: Subject, user: string): Promise<GateReport> {
  if (inPasswd(files, user)) return found();
  if (!isLive) return notChecked(`user ${user}: the image's /etc/passwd has no such user yet`);
  const answer = await ask(world, 'getent', ['passwd', user]);
  if (answer?.exitCode === 0) return found();
  return found(
    missing(
      `there is no user ${user}, which the jobs run as`,
      `Make it (useradd --system --no-create-home --shell /usr/sbin/nologin ${user}), or set dynamicUser: true in the spec`,
    ),
  );
}

const LIBRARY = 'libnss_systemd.so.2';

/** The server asks the C library for the name of a peer's user; one that systemd made is known only to libnss-systemd. */
function checkNames({ port: { files }, spec: { user }, isLive }: Subject): GateReport {
  const configuration = textAt(files, '/etc/nsswitch.conf');
  if (configuration === undefined && !isLive)
    return notChecked(`whether user ${user} can be resolved: the image has no /etc/nsswitch.conf yet`);
  const sources =
    /^[ \t]*passwd:(.*)$/m
      .exec(configuration ?? '')?.[1]
      ?.split('#', 1)[0]
      ?.split(/\s+/) ?? [];
  const why = 'peer authentication cannot resolve a user that systemd makes';
  return found(
    ...(sources.includes('systemd')
      ? []
      : [
          missing(
            `/etc/nsswitch.conf: passwd does not ask systemd; ${why}`,
            'Add "systemd" at the end of its passwd: line',
          ),
        ]),
    ...(hasLibrary(files) ? [] : [missing(`${LIBRARY} is not installed; ${why}`, 'Install libnss-systemd')]),
  );
}

const hasLibrary = (files: HostFiles): boolean =>
  libraryFolders(files).some((folder) => files.status(`${folder}/${LIBRARY}`) !== undefined);
