import type { Processes } from '../world.ts';
import type { JobRun } from './job-status.ts';

/** What the journal knows of a job's service. */
export type JournalRecord = {
  /** False if this user may not read the system's journal, or there is none. */
  readonly readable: boolean;
  readonly lastRun: JobRun | undefined;
  readonly lastSuccess: number | undefined;
};

/** MESSAGE_ID= of what systemd itself writes about a unit (sd-messages.h). */
const EVENT = {
  starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
  finished: '39f53479d3a045ac8e11786248231fbf',
  exited: '98e322203f7a4ed290d09fe03c09fe15',
  failed: 'd9b373ed55a64feb8242e02dbe79a49c',
  stopped: '9d1aaa27d60140bd96365438aad20286',
} as const;

type Event = {
  readonly is: keyof typeof EVENT;
  readonly at: number;
  readonly result: string | undefined;
  readonly exitStatus: number | undefined;
};

/** Enough for the events of one run with all its attempts. */
const EVENTS = 20;
const LINES = 10;

export async function readJournalRecord(processes: Processes, unit: string): Promise<JournalRecord> {
  const recent = await query(processes, unit, EVENTS, Object.values(EVENT));
  const success = await query(processes, unit, 1, [EVENT.finished]);
  return parseJournal(recent.stdout, success.stdout, recent.stderr);
}

async function query({ run }: Processes, unit: string, lines: number, ids: readonly string[]) {
  const matches = ['_PID=1', `UNIT=${unit}.service`, ...ids.map((id) => `MESSAGE_ID=${id}`)];
  return run('journalctl', ['--no-pager', '--system', '--output=json', '--reverse', `--lines=${lines}`, ...matches], {
    environment: { LC_ALL: 'C' },
  });
}

/** The last lines of a job, oldest first, as they were written. */
export async function readLastLines({ run }: Processes, unit: string): Promise<string[]> {
  const args = ['--no-pager', '--quiet', '--system', '--output=cat', `--lines=${LINES}`, `--unit=${unit}.service`];
  const { stdout } = await run('journalctl', args, { environment: { LC_ALL: 'C' } });
  return stdout.split('\n').filter((line) => line !== '');
}

const UNREADABLE = /not seeing messages from|insufficient permissions|No journal files were (?:found|opened)/;

/** Reads what `journalctl --output=json --reverse` prints, newest first, and what it says on stderr. */
export function parseJournal(recent: string, success: string, said: string): JournalRecord {
  const events = parseEvents(recent);
  const started = events.findIndex(({ is }) => is === 'starting');
  return {
    readable: !UNREADABLE.test(said),
    lastRun: started === -1 ? undefined : runOf(events.slice(0, started + 1)),
    lastSuccess: parseEvents(success)[0]?.at,
  };
}

/** A run from its events, newest first; the last of them is its start. Only a reboot or a crash leaves one without an end. */
function runOf(events: readonly Event[]): JobRun | undefined {
  // One that has failed and is stopped while it waits to be started again has failed all the same.
  const end =
    events.find(({ is }) => is === 'finished' || is === 'failed') ?? events.find(({ is }) => is === 'stopped');
  const start = events.at(-1);
  return (
    start && {
      startedAt: start.at,
      endedAt: end?.at,
      result: resultOf(end),
      exitStatus: events.find(({ is }) => is === 'exited')?.exitStatus ?? (end?.is === 'finished' ? 0 : undefined),
      from: 'journal',
    }
  );
}

function resultOf(end: Event | undefined): string {
  switch (end?.is) {
    case undefined:
      return 'interrupted';
    case 'finished':
      return 'success';
    case 'stopped':
      return 'stopped';
    default:
      return end?.result ?? 'failed';
  }
}

const parseEvents = (text: string): Event[] =>
  text.split('\n').flatMap((line) => (line.startsWith('{') ? parseEvent(JSON.parse(line)) : []));

function parseEvent(entry: unknown): Event[] {
  const text = (name: string): string | undefined => {
    const value: unknown = Object.getOwnPropertyDescriptor(Object(entry), name)?.value;
    return typeof value === 'string' ? value : undefined;
  };
  const is = (['starting', 'finished', 'exited', 'failed', 'stopped'] as const).find(
    (name) => EVENT[name] === text('MESSAGE_ID'),
  );
  const microseconds = text('__REALTIME_TIMESTAMP');
  const exitStatus = text('EXIT_STATUS');
  if (!is || microseconds === undefined) return [];
  return [
    {
      is,
      at: Math.floor(Number(microseconds) / 1000),
      result: text('UNIT_RESULT'),
      exitStatus: exitStatus === undefined ? undefined : Number(exitStatus),
    },
  ];
}
