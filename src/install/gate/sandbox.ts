import type { HostFiles } from '../host/host.ts';
import { resolvePath } from '../host/resolve-path.ts';
import { isOn, settings, words } from './unit-settings.ts';

/** Which programs a service can run: what ExecPaths= names, with links followed, unless the sandbox hides it. */
export type Sandbox = {
  readonly executable: readonly string[];
  /** Folders out of sight, and the directive that hides them. */
  readonly hidden: ReadonlyArray<readonly [folder: string, directive: string]>;
};

export type ProgramFound =
  | { readonly is: 'runnable'; readonly path: string }
  /** There, but out of the service's reach: why, for each place. */
  | { readonly is: 'out of reach'; readonly why: readonly string[] }
  | { readonly is: 'absent'; readonly places: readonly string[] };

/** PATH of a system service (systemd.exec(5), on a host whose /bin is not /usr/bin too). */
const SERVICE_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Reads the sandbox from a service's text. systemd follows the links in ExecPaths= before it closes the sandbox. */
export function readSandbox(files: HostFiles, service: string): Sandbox {
  const named = settings(service, 'Service', 'ExecPaths').flatMap(words);
  const isSet = (directive: string) => isOn(service, 'Service', directive) === true;
  return {
    executable: named.flatMap((path) => resolvePath(files, path.replace(/^[-+]*/, '')) ?? []),
    hidden: [
      ...(isSet('ProtectHome') ? ['/home', '/root', '/run/user'].map((f) => [f, 'ProtectHome=yes'] as const) : []),
      ...(isSet('PrivateTmp') ? ['/tmp', '/var/tmp'].map((f) => [f, 'PrivateTmp=yes'] as const) : []),
    ],
  };
}

/** Finds a program as the service does: a name on its PATH, where what cannot be run is passed over, or a path. */
export function findProgram(files: HostFiles, sandbox: Sandbox, program: string): ProgramFound {
  const places = program.startsWith('/') ? [program] : SERVICE_PATH.map((folder) => `${folder}/${program}`);
  const why = new Map<string, string>();
  for (const place of places) {
    const path = resolvePath(files, place);
    const entry = path === undefined ? undefined : files.status(path);
    if (path === undefined || entry?.type !== 'file' || (entry.mode & 0o111) === 0) continue;
    const obstacle = obstacleTo(sandbox, path);
    if (obstacle === undefined) return { is: 'runnable', path };
    // The same file through another of the folders is no news.
    if (!why.has(path)) why.set(path, `${place}${path === place ? '' : `, which is ${path},`} ${obstacle}`);
  }
  return why.size > 0 ? { is: 'out of reach', why: [...why.values()] } : { is: 'absent', places };
}

function obstacleTo({ executable, hidden }: Sandbox, path: string): string | undefined {
  const cover = hidden.find(([folder]) => isIn(path, folder));
  if (cover) return `is out of the jobs' sight (${cover[1]})`;
  return executable.some((allowed) => isIn(path, allowed)) ? undefined : 'may not be run by the jobs (ExecPaths=)';
}
