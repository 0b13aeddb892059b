import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cron } from 'croner';
import { execa } from 'execa';
import { parseDuration } from '../../../src/duration.ts';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { cronCommand } from '../render/cron-line.ts';
import { type Tree, writeTree } from '../render/tree.ts';
import { makeTemporary } from '../runner/temporary.ts';
import { parseUnit } from '../systemd/unit-file.ts';
import type { JobName } from './episodes.ts';
import type { Schedule } from './plan.ts';

const SET = 'scanner-artifact-boms';

/** What systemd does about a run that failed, as the rendered service says. */
export type Retry = {
  readonly afterMs: number;
  readonly attempts: number;
  readonly successes: readonly string[];
  readonly final: readonly string[];
};

/** A host with the rendered files of one spec at a time. */
export type InstalledHost = {
  /** Renders another spec and puts it in place of what is installed. */
  install(spec: RawSpec): Promise<void>;
  /** When the installed jobs are due, by the rendered cron file, read in UTC. */
  schedule(): Schedule;
  retry(job: JobName): Retry;
  /** Starts a job by the command of the rendered cron file, as cron does; a group of its own, to be killed as one. */
  start(job: JobName, environment: Readonly<Record<string, string>>): ReturnType<typeof startCommand>;
  /** Puts a month that is in grace back, as a person does by hand: `2021-02`. */
  restore(month: string, environment: Readonly<Record<string, string>>): ReturnType<typeof startCommand>;
  dispose(): Promise<void>;
};

function startCommand(command: string, environment: Readonly<Record<string, string>>) {
  return execa('/bin/sh', ['-c', command], {
    env: { PATH: process.env['PATH'], ...environment },
    extendEnv: false,
    reject: false,
    detached: true,
  });
}

/** Line of a job in the rendered cron file: five fields, the user, the command. */
function cronLine(tree: Tree, job: JobName): { readonly when: string; readonly command: string } {
  const script = job === 'ensure' ? 'ensure-partitions.sh' : 'retention.sh';
  const lines = readFileSync(join(tree.folder, 'devops/scripts/cron', SET), 'utf8').split('\n');
  const line = lines.find((one) => /^[\d*]/.test(one) && one.includes(script));
  const [, when, command] = /^((?:\S+ ){4}\S+) root (.*)$/.exec(line ?? '') ?? [];
  if (when === undefined || command === undefined) throw new Error(`the cron file has no ${script}`);
  return { when, command: cronCommand(command) };
}

function retryOf(tree: Tree, job: JobName): Retry {
  const path = join(tree.folder, `devops/scripts/systemd/${SET}-${job}.service`);
  const { Unit, Service } = parseUnit(readFileSync(path, 'utf8'));
  const words = (key: string) => (Service?.get(key)?.at(-1) ?? '').split(' ');
  const afterMs = parseDuration(words('RestartSec')[0] ?? '');
  if (words('Restart')[0] !== 'on-failure' || afterMs === undefined) throw new Error(`${path} does not restart`);
  return {
    afterMs,
    attempts: Number(Unit?.get('StartLimitBurst')?.at(-1)),
    successes: ['0', ...words('SuccessExitStatus')],
    final: words('RestartPreventExitStatus'),
  };
}

/** An empty host; `dsn` goes to its environment file, where the scripts find it. */
export async function createInstalledHost(dsn: string, spec: RawSpec): Promise<InstalledHost> {
  const home = makeTemporary('host');
  const current = join(home, 'current');
  const envFile = join(home, 'hotlookup.env');
  writeFileSync(envFile, `PG_DSN="${dsn}"\n`);
  chmodSync(envFile, 0o600);
  const places = { scriptsDir: join(current, 'devops/scripts'), envFile };
  let tree: Tree | undefined;
  const installed = () => {
    if (!tree) throw new Error('nothing is installed');
    return tree;
  };
  async function install(next: RawSpec): Promise<void> {
    const former = tree;
    tree = await writeTree(next, { parent: home, places });
    symlinkSync(tree.folder, `${current}.new`);
    renameSync(`${current}.new`, current);
    await former?.dispose();
  }
  await install(spec);
  return {
    install,
    schedule: () => ({ ensure: nextRun(installed(), 'ensure'), retention: nextRun(installed(), 'retention') }),
    retry: (job) => retryOf(installed(), job),
    start: (job, environment) => startCommand(cronLine(installed(), job).command, environment),
    restore: (month, environment) =>
      startCommand(`${places.scriptsDir}/${SET}-partitions.sh restore ${month}`, environment),
    dispose: async () => rmSync(home, { recursive: true, force: true }),
  };
}

function nextRun(tree: Tree, job: JobName): (after: number) => number {
  const cron = new Cron(cronLine(tree, job).when, { timezone: 'UTC' });
  return (after) => {
    const next = cron.nextRun(new Date(after));
    if (!next) throw new Error(`${job} has no next run`);
    return next.getTime();
  };
}
