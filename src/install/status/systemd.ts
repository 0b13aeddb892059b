import { AppError, EXIT } from '../../errors.ts';
import type { Processes } from '../../world.ts';
import { parseProperties, parseTimestamp } from '../host/systemd-show.ts';
import type { JobRun } from './status.ts';

/** What systemd remembers of a job's service and timer. */
export type SystemdRecord = {
  readonly lastRun: JobRun | undefined;
  readonly retrying: boolean;
  readonly lastTrigger: number | undefined;
  readonly user: string;
  readonly dynamicUser: boolean;
  /** Whether the job reaches the database through the unix socket alone. */
  readonly privateNetwork: boolean;
};

const PROPERTIES = [
  ...['SubState', 'Result', 'ExecMainCode', 'ExecMainStatus', 'ExecMainStartTimestamp', 'ExecMainExitTimestamp'],
  ...['User', 'DynamicUser', 'PrivateNetwork', 'LastTriggerUSec'],
];

/** waitid(2): the process ended by itself; other codes are signals. */
const CLD_EXITED = '1';
const SIGTERM = 15;
/** Of what the units' SuccessExitStatus= says: that another run does the work. The rest of it means that the job was stopped. */
const SUCCESSES: readonly number[] = [EXIT.done, EXIT.locked];

const RUNNING = ['start', 'start-pre', 'start-post', 'running', 'stop', 'stop-sigterm', 'final-sigterm'];

export async function readSystemdRecord({ run }: Processes, unit: string): Promise<SystemdRecord> {
  const show = async (name: string) => {
    const args = ['show', '--no-pager', '--timestamp=us+utc', `--property=${PROPERTIES.join(',')}`, '--', name];
    const { exitCode, stdout, stderr } = await run('systemctl', args, { environment: { LC_ALL: 'C', TZ: 'UTC' } });
    if (exitCode === 0) return stdout;
    throw new AppError('missing', `systemctl show ${name} failed: ${stderr.trim()}`, {
      advice: 'See whether systemd answers: systemctl is-system-running',
    });
  };
  const [service, timer] = await Promise.all([show(`${unit}.service`), show(`${unit}.timer`)]);
  return parseSystemdRecord(service, timer);
}

/** Reads what `systemctl show --timestamp=us+utc` prints of a service and its timer. */
export function parseSystemdRecord(serviceText: string, timerText: string): SystemdRecord {
  const service = parseProperties(serviceText);
  return {
    lastRun: lastRun(service),
    retrying: service.get('SubState') === 'auto-restart',
    lastTrigger: parseTimestamp(parseProperties(timerText).get('LastTriggerUSec')),
    user: service.get('User') ?? '',
    dynamicUser: service.get('DynamicUser') === 'yes',
    privateNetwork: service.get('PrivateNetwork') === 'yes',
  };
}

function lastRun(service: ReadonlyMap<string, string>): JobRun | undefined {
  const startedAt = parseTimestamp(service.get('ExecMainStartTimestamp'));
  if (startedAt === undefined) return undefined;
  if (RUNNING.includes(service.get('SubState') ?? ''))
    return { startedAt, endedAt: undefined, result: undefined, exitStatus: undefined, from: 'systemd' };
  const status = Number(service.get('ExecMainStatus'));
  const exited = service.get('ExecMainCode') === CLD_EXITED;
  return {
    startedAt,
    endedAt: parseTimestamp(service.get('ExecMainExitTimestamp')),
    result: resultOf(service.get('Result') ?? '', exited, status),
    exitStatus: exited ? status : undefined,
    from: 'systemd',
  };
}

/** `systemctl reset-failed` makes every result a success, and so do the units of being stopped; both leave how the process ended. */
function resultOf(result: string, exited: boolean, status: number): string {
  if (result !== 'success') return result;
  if (status === (exited ? EXIT.terminated : SIGTERM)) return 'stopped';
  if (exited) return SUCCESSES.includes(status) ? result : 'exit-code';
  return 'signal';
}
