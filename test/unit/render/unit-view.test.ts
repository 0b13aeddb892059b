import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../../src/duration.ts';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { parseUnit, type Section } from '../../harness/systemd/unit-file.ts';

type Units = Readonly<Record<string, Readonly<Record<string, Section>>>>;

function unitsOf(spec: RawSpec): Units {
  const units = render(specSchema.parse(spec), '').filter(({ path }) => /\.(service|timer)$/.test(path));
  return Object.fromEntries(
    units.map(({ path, contents }) => [path.slice(path.lastIndexOf('/') + 1), parseUnit(contents)]),
  );
}

const services = (units: Units) => Object.entries(units).filter(([name]) => name.endsWith('.service'));
const only = (section: Section | undefined, key: string) => {
  const values = section?.get(key) ?? [];
  expect(values).toHaveLength(1);
  return values[0] ?? '';
};
const milliseconds = (section: Section | undefined, key: string) => parseDuration(only(section, key)) ?? Number.NaN;

/** Directives younger than systemd 230, with the version that brought them (systemd's NEWS); all others are older. */
const SINCE: Readonly<Record<string, number>> = {
  StartLimitIntervalSec: 230,
  DynamicUser: 232,
  PrivateUsers: 232,
  ProtectControlGroups: 232,
  ProtectKernelModules: 232,
  ProtectKernelTunables: 232,
  RestrictNamespaces: 233,
  IPAddressAllow: 235,
  IPAddressDeny: 235,
  KeyringMode: 235,
  LockPersonality: 235,
  PrivateMounts: 239,
  ProtectHostname: 242,
  RestrictSUIDSGID: 242,
  ProtectKernelLogs: 244,
  ProtectClock: 245,
  FixedRandomDelay: 247,
  ProcSubset: 247,
  ProtectProc: 247,
  ExecPaths: 248,
  NoExecPaths: 248,
  PrivateIPC: 248,
};
const OLDER = new Set(
  [
    'AccuracySec After AmbientCapabilities CapabilityBoundingSet Description DevicePolicy Documentation EnvironmentFile',
    'ExecStart NoNewPrivileges OnCalendar OnFailure Persistent PrivateDevices PrivateNetwork PrivateTmp ProtectHome',
    'Group ProtectSystem RandomizedDelaySec ReadWritePaths Restart RestartPreventExitStatus RestartSec RestrictAddressFamilies',
    'RestrictRealtime StartLimitBurst SuccessExitStatus SyslogIdentifier SystemCallArchitectures',
    'SystemCallErrorNumber SystemCallFilter TimeoutStartSec TimeoutStopSec Type UMask User WantedBy Wants',
  ].flatMap((line) => line.split(' ')),
);

describe.each(Object.entries(SPECS))('%s', (_, spec) => {
  const units = unitsOf(spec);

  test('has no directive that systemd 249 does not know', () => {
    const used = Object.values(units).flatMap((unit) => Object.values(unit).flatMap((section) => [...section.keys()]));
    expect(used.filter((key) => !OLDER.has(key) && (SINCE[key] ?? Number.POSITIVE_INFINITY) > 249)).toEqual([]);
  });

  test('ties no unit to another of ours', () => {
    for (const { Unit } of Object.values(units))
      for (const key of ['After', 'Wants', 'OnFailure', 'Requires', 'PartOf', 'Conflicts', 'Before'])
        for (const value of Unit?.get(key) ?? []) expect(Object.keys(units)).not.toContain(value);
  });

  test('gives up after its attempts, before the timer starts the job again', () => {
    for (const [, { Unit, Service }] of services(units)) {
      if (!Service?.has('Restart')) {
        expect(only(Unit, 'StartLimitIntervalSec')).toBe('0');
        continue;
      }
      const longest = ['TimeoutStartSec', 'TimeoutStopSec', 'RestartSec']
        .map((key) => milliseconds(Service, key))
        .reduce((sum, value) => sum + value);
      const interval = milliseconds(Unit, 'StartLimitIntervalSec');
      expect(interval).toBeGreaterThan(Number(only(Unit, 'StartLimitBurst')) * longest);
      expect(interval).toBeLessThan(86_400_000);
    }
  });

  test('tells failures that a person must look at from those that may pass', () => {
    for (const [, { Service }] of services(units)) {
      expect(only(Service, 'SuccessExitStatus')).toBe('6 143 SIGTERM');
      if (Service?.has('Restart')) expect(only(Service, 'RestartPreventExitStatus')).toBe('2 3 5 7');
    }
  });

  test('lets a static user keep its shared memory', () => {
    for (const [, { Service }] of services(units)) {
      expect(Service?.get('RemoveIPC')).toBeUndefined();
      expect(Service?.get('DynamicUser')).toEqual(spec.dynamicUser === false ? undefined : ['yes']);
    }
  });

  test('lets the job reach what the spec says, and nothing else', () => {
    const { access = 'localhost', addresses = [] } = spec.database ?? {};
    for (const [, { Service }] of services(units)) {
      expect(only(Service, 'IPAddressDeny')).toBe('any');
      const allowed = { localhost: ['localhost'], remote: [...addresses], socket: undefined }[access];
      expect(Service?.get('IPAddressAllow')).toEqual(allowed);
      expect(Service?.has('PrivateNetwork')).toBe(access === 'socket');
    }
  });
});

test('the script, its arguments and the environment file are those of the operations document', () => {
  const units = unitsOf({});
  const start = (name: string) => only(units[name]?.['Service'], 'ExecStart');
  expect(start('scanner-artifact-boms-ensure.service')).toBe(
    '/opt/stellaops/devops/scripts/scanner-artifact-boms-ensure-partitions.sh 1',
  );
  expect(start('scanner-artifact-boms-retention.service')).toBe(
    '/opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh 12 false',
  );
  for (const [, { Service }] of services(units))
    expect(only(Service, 'EnvironmentFile')).toBe('-/etc/stellaops/scanner-hotlookup.env');
});

test('the spread of a timer is smaller than the distance between the two jobs', () => {
  for (const [name, { Timer }] of Object.entries(unitsOf({})).filter(([unit]) => unit.endsWith('.timer'))) {
    expect(milliseconds(Timer, 'RandomizedDelaySec'), name).toBeLessThan(5 * 60_000);
    expect(only(Timer, 'FixedRandomDelay')).toBe('true');
  }
});

test.each([
  ['once a day, with short attempts', '0 3 * * *', '5min', true],
  ['once an hour', '7 * * * *', '5min', true],
  ['twice an hour', '0,30 * * * *', '5min', false],
  ['just before and just after midnight', '58 0,23 * * *', '60min', false],
  ['once a day, when all attempts together take longer', '0 3 * * *', '480min', false],
])('%s: systemd tries again: %s', (_, schedule, timeoutStart, again) => {
  const { Service } =
    unitsOf({
      budgets: { timeoutStart },
      partitionSets: [{ name: 'one', table: 'a.b', ensure: false, retention: { function: 'a.drop', schedule } }],
    })['one-retention.service'] ?? {};
  expect(Service?.has('Restart')).toBe(again);
});
