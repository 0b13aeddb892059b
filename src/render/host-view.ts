import { formatDuration } from '../duration.ts';
import type { Spec } from '../spec/schema.ts';
import { fileUrl } from './file-url.ts';

/*
 * What templates see. A view holds no undefined and no null. What is missing is `false`, such as a job that the spec switches off.
 */

/** What is the same for the whole host. Paths are the host's. */
export type HostView = {
  readonly envFile: string;
  readonly scriptsDir: string;
  readonly unitsDir: string;
  readonly runbook: string;
  /** The runbook's `file://` URL. */
  readonly documentation: string;
  readonly user: string;
  readonly dynamicUser: boolean;
  /** The node binary's path, or `node` for the one on PATH. */
  readonly node: string;
  /** Whether the spec names a binary. */
  readonly nodeGiven: boolean;
  /** How the jobs reach the database: at most one of the two is true, neither for localhost. */
  readonly remote: boolean;
  readonly socket: boolean;
  /** For remote access: IP addresses and networks. */
  readonly addresses: readonly string[];
  /** Time spans such as `30s`, as systemd and the helper read them. */
  readonly lockTimeout: string;
  readonly lockWait: string;
  readonly timeoutStart: string;
  /** The same in seconds. */
  readonly timeoutStartSeconds: number;
  /** Where the jobs leave metrics, and the group that they run as for that. */
  readonly metrics: (Spec['metrics'] & object) | false;
  /** A unit's name, or false. */
  readonly onFailure: string | false;
  /** An example of PG_DSN that fits the way of access. */
  readonly exampleDsn: string;
};

export function hostView(spec: Spec): HostView {
  const { envFile, scriptsDir, unitsDir, runbook, user, dynamicUser, database, budgets } = spec;
  return {
    envFile,
    scriptsDir,
    unitsDir,
    runbook,
    documentation: fileUrl(runbook),
    user,
    dynamicUser,
    node: spec.node ?? 'node',
    nodeGiven: spec.node !== undefined,
    remote: database.access === 'remote',
    socket: database.access === 'socket',
    addresses: database.addresses,
    lockTimeout: formatDuration(budgets.lockTimeout),
    lockWait: formatDuration(budgets.lockWait),
    timeoutStart: formatDuration(budgets.timeoutStart),
    timeoutStartSeconds: Math.ceil(budgets.timeoutStart / 1000),
    metrics: spec.metrics ?? false,
    onFailure: spec.onFailure ?? false,
    exampleDsn:
      database.access === 'socket'
        ? `Host=/var/run/postgresql;Database=...;Username=${user}`
        : 'Host=...;Database=...;Username=...;Password=...',
  };
}
