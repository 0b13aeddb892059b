import { describe, expect, test } from 'vitest';
import { parseJournal } from '../../../../src/install/status/journal.ts';
import { commandOf, readAnswer } from '../../../../src/install/status/partitions.ts';
import { parseSystemdRecord } from '../../../../src/install/status/systemd.ts';

const at = (time: string) => Date.parse(`2026-11-23T${time}Z`);

describe('what systemd remembers', () => {
  const service = (lines: string) => `User=hotlookup\nDynamicUser=yes\nPrivateNetwork=no\n${lines}`;
  const ENDED = `ExecMainStartTimestamp=Mon 2026-11-23 15:01:35.842285 UTC
ExecMainExitTimestamp=Mon 2026-11-23 15:01:36.057134 UTC
`;

  test('of a run that failed', () => {
    const text = service(`${ENDED}SubState=failed\nResult=exit-code\nExecMainCode=1\nExecMainStatus=4\n`);
    expect(parseSystemdRecord(text, 'LastTriggerUSec=Mon 2026-11-23 15:01:35 UTC\n')).toEqual({
      lastRun: {
        startedAt: at('15:01:35.842'),
        endedAt: at('15:01:36.057'),
        result: 'exit-code',
        exitStatus: 4,
        from: 'systemd',
      },
      retrying: false,
      lastTrigger: at('15:01:35'),
      user: 'hotlookup',
      dynamicUser: true,
      privateNetwork: false,
    });
  });

  test('of one that a signal ended and that is tried again', () => {
    const text = service(`${ENDED}SubState=auto-restart\nResult=timeout\nExecMainCode=2\nExecMainStatus=15\n`);
    expect(parseSystemdRecord(text, '')).toMatchObject({
      lastRun: { result: 'timeout', exitStatus: undefined },
      retrying: true,
    });
  });

  test.each([
    [1, 0, 'success'],
    [1, 6, 'success'],
    [1, 143, 'stopped'],
    [2, 15, 'stopped'],
    [1, 5, 'exit-code'],
    [2, 9, 'signal'],
  ])('of one with code %d and status %d, whatever reset-failed made of its result', (code, status, result) => {
    const text = service(`${ENDED}SubState=dead\nResult=success\nExecMainCode=${code}\nExecMainStatus=${status}\n`);
    expect(parseSystemdRecord(text, '').lastRun?.result).toBe(result);
  });

  test('of one that runs', () => {
    const text = service(
      'SubState=start\nResult=success\nExecMainStartTimestamp=Mon 2026-11-23 15:01:35.842285 UTC\nExecMainExitTimestamp=\n',
    );
    expect(parseSystemdRecord(text, '').lastRun).toMatchObject({ endedAt: undefined, result: undefined });
  });

  test('after a boot: nothing', () => {
    const text = service('SubState=dead\nResult=success\nExecMainCode=0\nExecMainStatus=0\nExecMainStartTimestamp=\n');
    expect(parseSystemdRecord(text, 'LastTriggerUSec=\n')).toMatchObject({
      lastRun: undefined,
      lastTrigger: undefined,
    });
  });
});

describe('what the journal knows', () => {
  const IDS = {
    starting: '7d4958e842da4a758f6c1cdc7b36dcc5',
    finished: '39f53479d3a045ac8e11786248231fbf',
    exited: '98e322203f7a4ed290d09fe03c09fe15',
    failed: 'd9b373ed55a64feb8242e02dbe79a49c',
    stopped: '9d1aaa27d60140bd96365438aad20286',
  };
  const entry = (is: keyof typeof IDS, time: string, fields: object = {}) =>
    `${JSON.stringify({ MESSAGE_ID: IDS[is], __REALTIME_TIMESTAMP: `${at(time)}123`, ...fields })}\n`;
  const SUCCESS = entry('finished', '10:00:02') + entry('starting', '10:00:01');
  const FAILURE =
    entry('failed', '11:00:03', { UNIT_RESULT: 'exit-code' }) +
    entry('exited', '11:00:02', { EXIT_CODE: 'exited', EXIT_STATUS: '4' }) +
    entry('starting', '11:00:01');

  test('of a success', () => {
    expect(parseJournal(SUCCESS, entry('finished', '10:00:02'), '')).toEqual({
      readable: true,
      lastRun: {
        startedAt: at('10:00:01'),
        endedAt: at('10:00:02'),
        result: 'success',
        exitStatus: 0,
        from: 'journal',
      },
      lastSuccess: at('10:00:02'),
    });
  });

  test('of a failure after a success', () => {
    expect(parseJournal(FAILURE + SUCCESS, entry('finished', '10:00:02'), '')).toMatchObject({
      lastRun: { startedAt: at('11:00:01'), endedAt: at('11:00:03'), result: 'exit-code', exitStatus: 4 },
      lastSuccess: at('10:00:02'),
    });
  });

  test('of one that somebody stopped, before or after it failed', () => {
    const stopped = entry('stopped', '12:00:05');
    expect(parseJournal(stopped + entry('starting', '12:00:00'), '', '').lastRun).toMatchObject({
      endedAt: at('12:00:05'),
      result: 'stopped',
      exitStatus: undefined,
    });
    expect(parseJournal(stopped + FAILURE, '', '').lastRun).toMatchObject({ result: 'exit-code', exitStatus: 4 });
  });

  test('of a run that nothing says the end of', () => {
    const { lastRun } = parseJournal(entry('starting', '12:00:00') + SUCCESS, '', '');
    expect(lastRun).toMatchObject({ startedAt: at('12:00:00'), endedAt: undefined, result: 'interrupted' });
  });

  test.each([
    ['-- No entries --\n', '', true],
    ['', 'No journal files were found.\n', false],
    ['', 'Hint: You are currently not seeing messages from other users and the system.\n', false],
    ['', 'No journal files were opened due to insufficient permissions.\n', false],
  ])('%j, %j: readable is %j', (out, err, readable) => {
    expect(parseJournal(out, '', err)).toEqual({ readable, lastRun: undefined, lastSuccess: undefined });
  });
});

describe('the status of a partition set', () => {
  const service = { user: 'hotlookup', dynamicUser: true, privateNetwork: false };
  const question = { set: 'a', script: '/opt/a-partitions.sh', environmentFile: '/etc/a.env', service };

  test('is asked directly, or as the user whom the server knows over its socket', () => {
    expect(commandOf(question)).toEqual(['/opt/a-partitions.sh', 'status', '--json']);
    expect(commandOf({ ...question, service: { ...service, privateNetwork: true } }).join(' ')).toBe(
      'systemd-run --quiet --collect --pipe --wait --property=User=hotlookup --property=DynamicUser=yes --property=EnvironmentFile=/etc/a.env --property=RuntimeMaxSec=5 -- /opt/a-partitions.sh status --json',
    );
  });

  test.each([
    [0, []],
    [1, ['2026-12']],
  ])('is read from the report of exit code %d', (exitCode, missing) => {
    const report = {
      missing,
      runwayUntil: '2026-12-01',
      runwayDays: 7,
      findings: [{ kind: 'k', what: 'p', fix: 'f' }, 7],
      problems: ['p'],
      partitions: [],
    };
    expect(readAnswer('a', { exitCode, stdout: JSON.stringify(report), stderr: '' })).toEqual({
      set: 'a',
      is: 'read',
      missing,
      runwayUntil: '2026-12-01',
      runwayDays: 7,
      findings: [{ kind: 'k', what: 'p', fix: 'f' }],
      problems: ['p'],
    });
  });

  test('is what the helper said if it could not tell', () => {
    expect(readAnswer('a', { exitCode: 4, stdout: '', stderr: 'no server\n' })).toEqual({
      set: 'a',
      is: 'failed',
      exitCode: 4,
      said: 'no server',
    });
  });

  test('is not waited for longer than a person would', () => {
    const stderr =
      'waiting up to 30 s for the database (h:5432: nobody listens)\nstopped by SIGTERM; the next run goes on\n';
    expect(readAnswer('a', { exitCode: 143, stdout: '', stderr })).toEqual({
      set: 'a',
      is: 'failed',
      exitCode: 4,
      said: 'no answer within 5 s\nwaiting up to 30 s for the database (h:5432: nobody listens)',
    });
  });
});
