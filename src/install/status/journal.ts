import { createMask } from '../../secrets.ts';
import type { Processes } from '../../world.ts';
import type { JobRun } from './status.ts';

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

/** The last lines of a job, oldest first. `mask` takes secrets out of what is quoted. */
export async function readLastLines(
  { run }: Processes,
  unit: string,
  mask: (text: string) => string = createMask(),
): Promise<string[]> {
  const args = [
    '--no-pager',
    '--quiet',
    '--system',
    '--output=json',
    '--all',
    `--lines=${LINES}`,
    `--unit=${unit}.service`,
  ];
  const { stdout } = await run('journalctl', args, { environment: { LC_ALL: 'C' } });
  return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? lineOf(JSON.parse(line), mask) : []));
}

/** A text field of an entry; undefined if it has none, or one that is no text. */
const field = (entry: unknown, name: string): string | undefined => {
  const value: unknown = Object.getOwnPropertyDescriptor(Object(entry), name)?.value;
  // What is not UTF-8 comes as a list of bytes.
  if (Array.isArray(value)) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : undefined;
};

function lineOf(entry: unknown, mask: (text: string) => string): string[] {
  const message = field(entry, 'MESSAGE');
  if (message === undefined || message === '') return [];
  const isOfSystemd =
    field(entry, '_PID') === '1' || field(entry, '_COMM') === 'systemd' || field(entry, '_COMM') === '(sd-executor)';
  const isEvent = Object.values(EVENT).some((id) => id === field(entry, 'MESSAGE_ID'));
  return isOfSystemd && !isEvent ? [toldBySystemd(message, mask)] : [mask(message)];
}

/** What systemd says of an environment file or of Environment= has the whole line in it, password and all: it is never quoted. */
const OF_ENVIRONMENT = /environment|assignment|variable|credential|utf-?8|\.env\b|[=:].*(?:password|pwd|psw)|:\/\//i;

function toldBySystemd(message: string, mask: (text: string) => string): string {
  if (!OF_ENVIRONMENT.test(message)) return mask(message);
  const [, file, line] = /(\/[^\s:'"=;]+):(\d+):/.exec(message) ?? [];
  const [, last] = /:\s(\/[^\s:'"=;]+)$/.exec(message) ?? [];
  const place =
    file !== undefined
      ? `line ${line} of ${file}`
      : last !== undefined
        ? `a line of ${last}`
        : 'a line of the environment';
  const reason = /utf-?8/i.test(message)
    ? 'it is not UTF-8'
    : 'it does not have the form NAME=value, as with export, a byte order mark or a colon';
  return `systemd ignores ${place}: ${reason}. Mend the line, and rotate the password: systemd has logged this line in the journal, where it stays`;
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
  const text = (name: string) => field(entry, name);
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
