import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Journal, readJournal } from './journal.ts';
import { changesOfRoot, type Listing } from './listing.ts';
import { firstProcess, type Ran, type RunOptions, runIn, type Supervisor, supervise } from './namespaces.ts';
import { poll } from './poll.ts';

/** A machine of its own with a real systemd as PID 1: the root file system of this one, with a throw-away layer above it. */
export type Host = {
  /** Runs a program in it as root, found on an ordinary PATH, with an environment of its own. */
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, but anything but exit code 0 is an error that shows the output; gives stdout. */
  succeed(argv: readonly string[], options?: RunOptions): Promise<string>;
  /** Where this process finds a file of the host. A link on the way that is absolute leads astray. */
  path(inside: string): string;
  /** Makes a file with exactly this mode, and the folders above it. */
  write(inside: string, contents: string, mode?: number): void;
  /** What the whole root has that differs from this machine's; equal listings mean equal roots. */
  listing(): Listing;
  /** The journal's entries of a unit and about it, oldest first. */
  journal(unit: string): Promise<Journal>;
  /** Ends it and drops what it wrote. */
  stop(): Promise<void>;
};

export type BootOptions = {
  /** Folders whose contents are put on top of this machine's root before the boot; they stay as they are. */
  readonly folders?: readonly string[];
  readonly deadlineMs?: number;
};

/** Boots a host; an error with its boot log if it does not come up. The caller stops it. */
export async function bootHost({ folders = [], deadlineMs = 30_000 }: BootOptions = {}): Promise<Host> {
  const supervisor = supervise(folders);
  const stop = async () => {
    supervisor.kill('SIGTERM');
    await supervisor;
  };
  let first: number | undefined;
  try {
    first = await poll('systemd is PID 1', () => pidOne(supervisor), deadlineMs);
    await untilUp(first, deadlineMs);
  } catch (error) {
    const log = first === undefined ? '' : await bootLog(first);
    await stop();
    throw new Error(`the host did not boot\n${(await supervisor).all}\n${log}`, { cause: error });
  }
  return hostOf(first, `/proc/${supervisor.pid}/root/mnt`, stop);
}

/** Boots a folder that an install to `--root` made, with this machine's root for all that the folder does not hold. */
export const bootFolder = (folder: string): Promise<Host> => bootHost({ folders: [folder] });

function hostOf(first: number, mounts: string, stop: () => Promise<void>): Host {
  const run: Host['run'] = (argv, options = {}) => runIn(first, argv, options);
  const succeed: Host['succeed'] = async (argv, options) => {
    const { exitCode, stdout, stderr } = await run(argv, options);
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
    return stdout;
  };
  const path: Host['path'] = (inside) => `/proc/${first}/root${inside}`;
  return {
    run,
    succeed,
    path,
    write(inside, contents, mode = 0o644) {
      mkdirSync(path(dirname(inside)), { recursive: true, mode: 0o755 });
      writeFileSync(path(inside), contents);
      chmodSync(path(inside), mode);
    },
    listing: () => changesOfRoot({ upper: `${mounts}/upper`, merged: `${mounts}/root` }),
    journal: (unit) => readJournal(succeed, unit),
    stop,
  };
}

function pidOne(supervisor: Supervisor): number | undefined {
  if (supervisor.exitCode !== null) throw new Error(`boot.sh ended with ${supervisor.exitCode}`);
  return supervisor.pid === undefined ? undefined : firstProcess(supervisor.pid);
}

async function untilUp(first: number, deadlineMs: number): Promise<void> {
  const state = await poll(
    'systemd answers',
    async () => {
      const { stdout } = await runIn(first, ['systemctl', 'is-system-running'], {});
      return ['running', 'degraded', 'maintenance'].includes(stdout) ? stdout : undefined;
    },
    deadlineMs,
  );
  const { exitCode, stdout } = await runIn(first, ['systemctl', 'is-active', 'basic.target'], {});
  if (exitCode !== 0) throw new Error(`the system is ${state}, basic.target is ${stdout}`);
}

async function bootLog(first: number): Promise<string> {
  const parts = await Promise.all([
    runIn(first, ['journalctl', '--boot', '--no-pager'], {}),
    runIn(first, ['systemctl', '--no-pager', 'list-jobs'], {}),
    runIn(first, ['systemctl', '--no-pager', '--failed', 'list-units'], {}),
  ]);
  return parts.map(({ stdout, stderr }) => `${stdout}\n${stderr}`).join('\n');
}
