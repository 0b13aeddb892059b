import type { HostView } from '../host-view.ts';

/** The words of a command as the shell passes them on; the template quotes each of them. */
export type Command = readonly string[];

/** The placeholder for a month in the runbook's commands. */
const MONTH = 'YYYY-MM';

/**
 * A script's run by a person: as root, who may read the environment file. With access over the socket, peer authentication accepts
 * only the jobs' own user, so systemd runs the script as that user.
 */
export function runScript(host: HostView, script: string, ...args: readonly (string | number)[]): Command {
  const asJob = [
    'systemd-run',
    '--quiet',
    '--collect',
    '--pipe',
    '--wait',
    `--property=User=${host.user}`,
    `--property=DynamicUser=${host.dynamicUser ? 'yes' : 'no'}`,
    `--property=EnvironmentFile=${host.envFile}`,
  ];
  return ['sudo', ...(host.socket ? asJob : []), script, ...args.map(String)];
}

/** What a person does with a job's units. */
export type UnitCommands = {
  readonly showStatus: Command;
  readonly showJournal: Command;
  readonly resetFailed: Command;
  readonly start: Command;
  readonly stop: Command;
  readonly enableTimer: Command;
  readonly disableTimer: Command;
};

/** `unit` is the name that the job's service and timer share. */
export function unitCommands(unit: string): UnitCommands {
  const service = `${unit}.service`;
  const timer = `${unit}.timer`;
  return {
    showStatus: ['sudo', 'systemctl', 'status', service],
    showJournal: ['sudo', 'journalctl', '--utc', '--since=-7d', '-u', service],
    resetFailed: ['sudo', 'systemctl', 'reset-failed', service],
    start: ['sudo', 'systemctl', 'start', service],
    stop: ['sudo', 'systemctl', 'stop', service],
    enableTimer: ['sudo', 'systemctl', 'enable', '--now', timer],
    disableTimer: ['sudo', 'systemctl', 'disable', '--now', timer],
  };
}

/** What a person asks of the script for all other verbs. */
export type PartitionCommands = {
  readonly status: Command;
  readonly planRestore: Command;
  readonly restore: Command;
  readonly planRestoreFromTable: Command;
  readonly restoreFromTable: Command;
};

/** `fromTable` is a restored table as the script takes it, `schema.name`. */
export function partitionCommands(host: HostView, script: string, fromTable: string): PartitionCommands {
  const restore = ['restore', MONTH];
  const restoreFromTable = [...restore, '--from-table', fromTable];
  return {
    status: runScript(host, script, 'status'),
    planRestore: runScript(host, script, ...restore, '--dry-run'),
    restore: runScript(host, script, ...restore),
    planRestoreFromTable: runScript(host, script, ...restoreFromTable, '--dry-run'),
    restoreFromTable: runScript(host, script, ...restoreFromTable),
  };
}
