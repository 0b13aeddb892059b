import { readFileSync } from 'node:fs';
import { execa } from 'execa';

const script = readFileSync(new URL('boot.sh', import.meta.url), 'utf8');

/** The namespaces that boot.sh makes, as unshare's options. */
export const NAMESPACES = ['--mount', '--fork', '--pid', '--net', '--uts', '--ipc', '--cgroup'];

/**
 * Runs boot.sh. SIGTERM makes it end the system and clean up; the kernel sends it that when this process dies, even of
 * SIGKILL.
 */
export function supervise(folders: readonly string[]) {
  const supervisor = execa(
    'setpriv',
    ['--pdeathsig', 'TERM', 'unshare', '--mount', 'bash', '-c', script, 'boot', ...folders],
    // Detached: what kills the whole process group must leave the one that cleans up.
    { all: true, reject: false, stdin: 'ignore', detached: true, forceKillAfterDelay: false },
  );
  // A worker whose test run was killed goes on to the end of its test; its hosts need not wait for that.
  const stop = () => supervisor.kill('SIGTERM');
  process.once('disconnect', stop);
  supervisor.once('exit', () => process.off('disconnect', stop));
  return supervisor;
}

export type Supervisor = ReturnType<typeof supervise>;

/** The process that is PID 1 in the system: the supervisor's grandchild. undefined while it is not there or not systemd yet. */
export function firstProcess(supervisor: number): number | undefined {
  const [unshare] = childrenOf(supervisor);
  const [first] = unshare === undefined ? [] : childrenOf(unshare);
  return first !== undefined && nameOf(first) === 'systemd' ? first : undefined;
}

function childrenOf(process: number): number[] {
  return readProc(`${process}/task/${process}/children`).split(' ').filter(Boolean).map(Number);
}

const nameOf = (process: number): string => readProc(`${process}/comm`).trim();

/** Empty if that process has ended meanwhile. */
function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code))) return '';
    throw error;
  }
}

export type Ran = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = { readonly env?: Readonly<Record<string, string>>; readonly input?: string };

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};

/** Runs a program to its end in all namespaces of that process, as root. Ended by a signal: exit code -1. */
export async function runIn(
  first: number,
  argv: readonly string[],
  { env = {}, input = '' }: RunOptions,
): Promise<Ran> {
  const variables = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  const place = ['-t', String(first), '-m', '-p', '-u', '-i', '-n', '-C', '-r', '-w'];
  const { exitCode, stdout, stderr } = await execa('nsenter', [...place, '--', 'env', '-i', ...variables, ...argv], {
    input,
    reject: false,
  });
  return { exitCode: exitCode ?? -1, stdout, stderr };
}
