import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RawSpec } from '../../src/spec/schema.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { poll } from '../harness/systemd/poll.ts';
import { installProgram, type Program } from '../harness/systemd/program.ts';
import { ENSURE, expectTimer, RETENTION } from '../harness/systemd/units.ts';

const WRAPPER = '/usr/local/sbin/systemctl';
const INSTALL = ['hotlookup', 'install', '--spec', '/etc/hotlookup.yaml'];
const TIMER = `${ENSURE}.timer`;
/** What a file is written as before it gets its name. */
const temporary = (folder: string, name: string) => `${folder}/.${name}.hotlookup-new`;
const UPGRADED: RawSpec = {
  partitionSets: [
    {
      name: 'scanner-artifact-boms',
      table: 'scanner.artifact_boms',
      ensure: { function: 'scanner.ensure_artifact_boms_future_partitions', schedule: '40 5 3 * *' },
      retention: false,
    },
    {
      name: 'audit',
      table: 'audit.events',
      ensure: false,
      retention: { function: 'audit.drop_old' },
    },
  ],
};

describeBooted(
  'an install that cannot finish',
  () => {
    let host: Host;
    let hotlookup: Program;
    beforeAll(async () => {
      host = await bootHost();
      hotlookup = await installProgram(host);
    });
    afterEach(() => host.succeed(['rm', '-f', WRAPPER, '/run/go-on', '/run/was-here']));
    afterAll(() => host?.stop());

    /** Puts a systemctl before the real one that does something else the first time it gets a verb. */
    function wrapSystemctl(verb: string, action: string): void {
      const first = `case " $* " in *" ${verb} "*) [ -e /run/was-here ] || { touch /run/was-here; ${action}; } ;; esac`;
      host.write(WRAPPER, `#!/bin/sh\n${first}\nexec /usr/bin/systemctl "$@"\n`, 0o755);
    }

    /** The whole root and what systemd knows of our units, without the wrapper. */
    async function stateOf(): Promise<unknown> {
      const { [WRAPPER]: _, ...listing } = host.listing();
      const [units, files] = await Promise.all(
        ['list-units', 'list-unit-files'].map((verb) =>
          host.run([
            '/usr/bin/systemctl',
            verb,
            '--all',
            '--plain',
            '--no-legend',
            'scanner-artifact-boms-*',
            'audit-*',
          ]),
        ),
      );
      return { listing, units, files };
    }

    async function expectRolledBack(verb: string): Promise<void> {
      const before = await stateOf();
      wrapSystemctl(verb, 'echo "the bus is gone" >&2; exit 1');
      const { exitCode, stderr } = await hotlookup.run(['install']);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 9, stderr: expect.stringContaining('the bus is gone') });
      expect(existsSync(host.path('/run/was-here'))).toBe(true);
      expect(await stateOf()).toEqual(before);
    }

    test.each(['daemon-reload', 'enable', 'start'])('is undone on a fresh host when %s fails', expectRolledBack);

    test('is undone when it is told to stop', async () => {
      const before = await stateOf();
      wrapSystemctl('enable', 'kill -TERM $PPID');
      expect(await hotlookup.run(['install'])).toMatchObject({ exitCode: 9 });
      expect(await stateOf()).toEqual(before);
    });

    describe('with a database that is down', () => {
      beforeEach(() =>
        host.write(
          '/etc/stellaops/scanner-hotlookup.env',
          'PG_DSN="Host=127.0.0.1;Port=1;Database=scanner;Username=u;Password=secret;Timeout=1"\n',
          0o600,
        ),
      );
      afterEach(() => {
        hotlookup.use({});
        return host.succeed(['rm', '-r', '/etc/stellaops']);
      });

      test('stands all the same: it shows why the job failed, and is exit code 1', async () => {
        hotlookup.use({ budgets: { connect: '1s' } });
        const before = await stateOf();
        const { exitCode, stdout, stderr } = await hotlookup.run(['install', '--run-ensure', '--json']);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(/^ {2}.*cannot (?:connect|reach).*127\.0\.0\.1:1/m);
        expect(stderr).toContain(`everything is installed, but ${ENSURE} failed: exit code 4 (`);
        expect(stderr + stdout).not.toContain('secret');
        expect(JSON.parse(stdout)).toMatchObject({
          outcome: 'done',
          failedJobs: [{ unit: `${ENSURE}.service` }],
          rolledBack: null,
          error: { exitCode: 1 },
        });
        await expectTimer(host, TIMER, '*-*-01 00:10:00 UTC');
        expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
        expect(await hotlookup.run(['status'])).toMatchObject({ exitCode: 1 });
        await hotlookup.succeed('uninstall');
        expect(await stateOf()).toEqual(before);
      });

      test.each(['INT', 'TERM'])(
        'stops the job that it has started when SIG%s comes, and is undone',
        async (signal) => {
          const before = await stateOf();
          const earlier = (await host.journal(`${ENSURE}.service`)).length;
          const said = async () =>
            (await host.journal(`${ENSURE}.service`))
              .slice(earlier)
              .map(({ message }) => message)
              .join('\n');
          const install = hotlookup.run(['install', '--run-ensure', '--json']);
          await poll('the job waits for the database', async () =>
            (await said()).includes('waiting up to') ? true : undefined,
          );
          await host.succeed(['pkill', `-${signal}`, '-f', 'hotlookup install --run-ensure']);
          const { exitCode, stdout, stderr } = await install;
          expect(exitCode).toBe(9);
          expect(stderr).toContain(`stopped by SIG${signal} during step`);
          expect(JSON.parse(stdout)).toMatchObject({
            outcome: 'rolled back',
            rolledBack: { at: expect.stringContaining(`run ${ENSURE}.service`), notUndone: [] },
            error: { exitCode: 9 },
          });
          expect(await said()).toContain('stopped by SIGTERM');
          expect(await stateOf()).toEqual(before);
        },
      );
    });

    /** Runs an install whose n-th call of this name on a path fails or is its last, as strace makes it. */
    const injectInto = (call: string, path: string, what: string, n = 1) =>
      host.run([
        'strace',
        '-f',
        '-qqq',
        '-o',
        '/tmp/trace',
        '-P',
        path,
        `--inject=${call}:${what}:when=${n}`,
        ...INSTALL,
      ]);

    test.each([
      ['mkdir', '/opt/stellaops/devops/scripts/lib', 'EROFS', 'the file system is read-only'],
      ['openat', temporary('/etc/systemd/system', TIMER), 'ENOSPC', 'no space left'],
      ['rename', temporary('/etc/systemd/system', TIMER), 'EIO', 'EIO'],
      ['fsync', '/etc/systemd/system', 'EIO', 'EIO'],
    ])('is undone when %s of %s fails with %s', async (call, path, code, words) => {
      const before = await stateOf();
      const { exitCode, stderr } = await injectInto(call, path, `error=${code}`);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 9, stderr: expect.stringContaining(words) });
      expect(await stateOf()).toEqual(before);
    });

    test.each([
      ['rename', temporary('/etc/systemd/system', TIMER)],
      ['rename', temporary('/var/lib/hotlookup', 'scanner-artifact-boms.json'), 2],
    ])('goes on where it was killed, in %s of %s', async (call, path, n = 1) => {
      const before = await stateOf();
      expect(await injectInto(call, path, 'signal=KILL', n)).toMatchObject({ exitCode: -1 });
      expect(await stateOf()).not.toEqual(before);
      await hotlookup.succeed('install');
      expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
      await hotlookup.succeed('uninstall', '--purge');
      expect(await stateOf()).toEqual(before);
    });

    test('goes on where it was killed, before systemd read the units', async () => {
      wrapSystemctl('daemon-reload', 'kill -KILL $PPID');
      expect(await hotlookup.run(['install'])).toMatchObject({ exitCode: -1 });
      await host.succeed(['rm', WRAPPER]);
      await hotlookup.succeed('install');
      await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
      expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
      expect(Object.keys(host.listing()).filter((path) => path.includes('.hotlookup-new'))).toEqual([]);
    });

    test('keeps another one out', async () => {
      hotlookup.use(UPGRADED);
      wrapSystemctl('daemon-reload', 'while [ ! -e /run/go-on ]; do sleep 0.05; done');
      const first = hotlookup.succeed('install');
      await poll('the first is at work', () => (existsSync(host.path('/run/was-here')) ? true : undefined));
      expect(await hotlookup.run(['install'])).toMatchObject({ exitCode: 6 });
      host.write('/run/go-on', '');
      await first;
      hotlookup.use({});
      await hotlookup.succeed('install', '--remove-others');
    });

    test.each(['disable', 'daemon-reload', 'enable', 'start'])(
      'is undone in an upgrade when %s fails',
      async (verb) => {
        hotlookup.use(UPGRADED);
        await expectRolledBack(verb);
        await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
        await expectTimer(host, `${RETENTION}.timer`, '*-*-* 00:15:00 UTC');
        hotlookup.use({});
      },
    );
  },
  { programs: ['strace'] },
);
