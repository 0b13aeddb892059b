import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { parseUnit } from '../../harness/systemd/unit-file.ts';
import { createUnitRoot, type UnitRoot } from '../../harness/systemd/unit-root.ts';

const VERIFY = ['verify', '--recursive-errors=yes', '--man=no'];

/** Beside the specs that take every branch: what a path may hold, and units that only a spec of its own has. */
const MORE: Readonly<Record<string, RawSpec>> = {
  'paths with spaces, % and $': {
    scriptsDir: '/opt/our jobs 100%/a $HOME',
    envFile: '/etc/our jobs/%n $x "y".env',
    runbook: "/opt/our docs/100%/it's é.md",
    node: '/opt/node v20 %n/bin/node',
  },
  'a static user': { dynamicUser: false, user: 'postgres' },
  'a specifier in onFailure': { onFailure: 'alert@%n.service' },
};

describeNeeding({ programs: ['systemd-analyze'] }, 'systemd accepts the units', () => {
  test.each(Object.entries({ ...SPECS, ...MORE }))('%s', async (_, spec) => {
    const root = createUnitRoot(spec);
    try {
      const { exitCode, output } = await root.analyze(...VERIFY, ...root.names);
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: '' });
    } finally {
      root.dispose();
    }
  });
});

describeNeeding({ programs: ['systemd-analyze'] }, 'a broken unit does not pass', () => {
  let root: UnitRoot;
  beforeEach(() => {
    root = createUnitRoot();
  });
  afterEach(() => root.dispose());

  const SERVICE = 'scanner-artifact-boms-ensure.service';
  const TIMER = 'scanner-artifact-boms-ensure.timer';

  test.each([
    [SERVICE, 'an unknown key', 'ProtectSystem=', 'ProtectSysten='],
    [SERVICE, 'an unknown value', 'ProtectHome=yes', 'ProtectHome=perhaps'],
    [SERVICE, 'an unknown system call group', '@system-service', '@system-services'],
    [SERVICE, 'a script that is not there', '-ensure-partitions.sh', '-ensure-partition.sh'],
    [SERVICE, 'a time span that is none', 'TimeoutStartSec=5min', 'TimeoutStartSec=5 minuets'],
    [SERVICE, 'a runbook that is no URI', 'Documentation=file:', 'Documentation=flie:'],
    [TIMER, 'a time that is none', 'OnCalendar=*-*-01', 'OnCalendar=*-*-32'],
    [TIMER, 'a key of another section', 'Persistent=true', 'Type=oneshot'],
  ])('%s with %s', async (name, _, from, to) => {
    const broken = root.contents(name).replace(from, to);
    expect(broken).not.toBe(root.contents(name));
    root.rewrite(name, broken);
    const { exitCode, output } = await root.analyze(...VERIFY, ...root.names);
    expect(output).toContain(name);
    expect(exitCode).not.toBe(0);
  });
});

/** The figures of systemd 252, ten times the exposure that it prints: one directive less, and a test fails. */
const EXPOSURES: ReadonlyArray<readonly [what: string, limit: number, spec: RawSpec]> = [
  ['over local TCP', 9, {}],
  ['to a remote address', 10, { database: { access: 'remote', addresses: ['10.0.0.5'] } }],
  ['over the unix socket', 2, { database: { access: 'socket' } }],
  ['over local TCP, with metrics', 9, { metrics: {} }],
  ['to a remote address, with metrics', 10, { metrics: {}, database: { access: 'remote', addresses: ['10.0.0.5'] } }],
  ['over the unix socket, with metrics', 2, { metrics: {}, database: { access: 'socket' } }],
  [
    'over the unix socket as a static user, with metrics',
    2,
    { metrics: {}, dynamicUser: false, database: { access: 'socket' } },
  ],
  // RemoveIPC= would be worth the difference, and could remove the memory of a server that the same user runs.
  ['over local TCP as a static user', 10, { dynamicUser: false }],
  ['over the unix socket as a static user', 2, { dynamicUser: false, database: { access: 'socket' } }],
];

describeNeeding({ programs: ['systemd-analyze'] }, 'exposure', () => {
  test.each(EXPOSURES)('%s is at most %i tenths', async (_, limit, spec) => {
    const root = createUnitRoot(spec);
    try {
      for (const name of root.names.filter((unit) => unit.endsWith('.service'))) {
        const { exitCode, output } = await root.analyze('security', '--offline=true', `--threshold=${limit}`, name);
        expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
        const [, figure] = /Overall exposure level for \S+: (\d+\.\d)/.exec(output) ?? [];
        expect(Number(figure) * 10).toBeCloseTo(limit);
      }
    } finally {
      root.dispose();
    }
  });
});

describeNeeding({ programs: ['systemd-analyze'] }, 'timers', () => {
  test.each(Object.entries(SPECS))('%s: name times that come', async (_, spec) => {
    const units = render(specSchema.parse(spec), '').filter(({ path }) => path.endsWith('.timer'));
    const expressions = units.flatMap(({ contents }) => parseUnit(contents)['Timer']?.get('OnCalendar') ?? []);
    expect(expressions.length).toBeGreaterThanOrEqual(units.length);
    const { stdout } = await execa('systemd-analyze', ['calendar', ...expressions], {
      env: { LC_ALL: 'C', TZ: 'UTC' },
    });
    expect(stdout.match(/Next elapse: \w{3} \d{4}-/g)).toHaveLength(expressions.length);
  });
});
