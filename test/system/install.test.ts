import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawSpec } from '../../src/spec/schema.ts';
import { partitionName } from '../harness/jobs/jobs.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import type { Listing } from '../harness/systemd/listing.ts';
import { writeEnvironmentFile } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { type Server, startServer } from '../harness/systemd/postgres.ts';
import { installProgram, type Program } from '../harness/systemd/program.ts';
import { countWrites } from '../harness/systemd/trace.ts';
import { ENSURE, expectTimer, RETENTION, runService, show } from '../harness/systemd/units.ts';

const ENSURE_CALENDAR = '*-*-01 00:10:00 UTC';
const RETENTION_CALENDAR = '*-*-* 00:15:00 UTC';
const INSTALL = ['hotlookup', 'install', '--spec', '/etc/hotlookup.yaml'];
const SET = {
  name: 'scanner-artifact-boms',
  table: 'scanner.artifact_boms',
  ensure: { function: 'scanner.ensure_artifact_boms_future_partitions' },
  retention: { function: 'scanner.drop_artifact_boms_partitions_older_than' },
};

/** The default spec with another time for ensure. */
const ensureAt = (schedule: string): RawSpec => ({
  partitionSets: [{ ...SET, ensure: { ...SET.ensure, schedule } }],
});

/** The tests are one story: each starts where the one before it ended. */
describeBooted(
  'from install to uninstall',
  () => {
    let host: Host;
    let server: Server;
    let hotlookup: Program;
    let before: Listing;
    beforeAll(async () => {
      host = await bootHost();
      server = await startServer(host);
      hotlookup = await installProgram(host);
      before = host.listing();
    });
    afterAll(() => host?.stop());

    test('anybody but root is sent away', async () => {
      const { exitCode, stderr } = await host.run(['runuser', '-u', 'nobody', '--', ...INSTALL]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('sudo') });
      expect(host.listing()).toEqual(before);
    });

    test('a dry run changes nothing', async () => {
      expect(await hotlookup.succeed('install', '--dry-run')).toContain('none of them done');
      expect(host.listing()).toEqual(before);
    });

    test('install makes timers that elapse when they should, with one reload, and runs no job', async () => {
      const { writes, controls } = await countWrites(host, INSTALL);
      expect(writes.length).toBeGreaterThan(10);
      expect(controls.filter((args) => args.includes('daemon-reload'))).toHaveLength(1);
      await expectTimer(host, `${ENSURE}.timer`, ENSURE_CALENDAR);
      await expectTimer(host, `${RETENTION}.timer`, RETENTION_CALENDAR);
      expect(await host.journal(`${ENSURE}.service`)).toEqual([]);
      expect(statSync(host.path('/etc/stellaops/scanner-hotlookup.env')).mode & 0o777).toBe(0o600);
    });

    test('status wants a person until a job has succeeded', async () => {
      expect(await hotlookup.run(['status'])).toMatchObject({ exitCode: 1 });
      writeEnvironmentFile(host, server.tcp);
      await server.query(`drop table ${partitionName(1)}`);
      await hotlookup.succeed('install', '--run-ensure');
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
      expect(await hotlookup.run(['status'])).toMatchObject({ exitCode: 0 });
    });

    test('status tells of a job that failed', async () => {
      writeEnvironmentFile(host, server.tcp.replace('Password=', 'Password=no-'));
      await runService(host, `${ENSURE}.service`);
      const { exitCode, stdout } = await hotlookup.run(['status']);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/password/i);
      expect(stdout).not.toContain('no-maintainer');
      writeEnvironmentFile(host, server.tcp);
      expect(await runService(host, `${ENSURE}.service`)).toMatchObject({ result: 'success' });
      expect(await hotlookup.run(['status'])).toMatchObject({ exitCode: 0 });
    });

    test('status does not wait long for a database that is down, and says what it met with', async () => {
      writeEnvironmentFile(host, server.tcp.replace('Host=', 'Port=1;Host='));
      const { exitCode, stdout } = await hotlookup.run(['status']);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/ended with exit code 4 .*\n {2}no answer within 5 s\n {2}.*no server listens there/);
      writeEnvironmentFile(host, server.tcp);
    });

    test('a second install writes nothing and reloads nothing', async () => {
      const { writes, controls } = await countWrites(host, INSTALL);
      expect(writes).toEqual([]);
      expect(controls.length).toBeGreaterThan(0);
      expect(controls.filter((args) => !args.includes('show'))).toEqual([]);
      expect(await hotlookup.succeed('install')).toContain('nothing to do');
    });

    test('another schedule is another next time', async () => {
      hotlookup.use(ensureAt('40 5 3 * *'));
      await hotlookup.succeed('install');
      await expectTimer(host, `${ENSURE}.timer`, '*-*-03 05:40:00 UTC');
      await expectTimer(host, `${RETENTION}.timer`, RETENTION_CALENDAR);
    });

    test('an install leaves a running job alone', async () => {
      await server.query(`drop table ${partitionName(1)}`);
      await server.withTableLocked(async () => {
        await host.succeed(['systemctl', 'start', '--no-block', `${ENSURE}.service`]);
        await server.until(`select 1 from pg_stat_activity where application_name like 'hotlookup%'`);
        const running = await show(host, `${ENSURE}.service`, 'ActiveState', 'MainPID', 'InvocationID');
        expect(running['ActiveState']).toBe('activating');

        hotlookup.use(ensureAt('41 5 3 * *'));
        await hotlookup.succeed('install');
        expect(await show(host, `${ENSURE}.service`, 'ActiveState', 'MainPID', 'InvocationID')).toEqual(running);
      });
      await server.until(`select 1 where to_regclass('${partitionName(1)}') is not null`);
      await expectTimer(host, `${ENSURE}.timer`, '*-*-03 05:41:00 UTC');
    });

    test('a timer that an administrator disabled stays so', async () => {
      await host.succeed(['systemctl', 'disable', '--now', `${RETENTION}.timer`]);
      hotlookup.use({});
      expect(await hotlookup.succeed('install')).toContain(`${RETENTION}.timer`);
      expect(await show(host, `${RETENTION}.timer`, 'ActiveState', 'UnitFileState')).toEqual({
        ActiveState: 'inactive',
        UnitFileState: 'disabled',
      });
      await expectTimer(host, `${ENSURE}.timer`, ENSURE_CALENDAR);
      await hotlookup.succeed('install', '--enable');
      await expectTimer(host, `${RETENTION}.timer`, RETENTION_CALENDAR);
    });

    test('so does one that was masked', async () => {
      // As systemd has it where the unit itself lies: `systemctl mask` would refuse to replace the file.
      const unit = `/etc/systemd/system/${RETENTION}.timer`;
      await host.succeed(['systemctl', 'disable', '--now', `${RETENTION}.timer`]);
      await host.succeed(['ln', '-sf', '/dev/null', unit]);
      await host.succeed(['systemctl', 'daemon-reload']);
      hotlookup.use(ensureAt('42 5 3 * *'));
      expect(await hotlookup.succeed('install')).toContain(`${RETENTION}.timer`);
      expect(readlinkSync(host.path(unit))).toBe('/dev/null');
      await expectTimer(host, `${ENSURE}.timer`, '*-*-03 05:42:00 UTC');
      await hotlookup.succeed('install', '--enable');
      await expectTimer(host, `${RETENTION}.timer`, RETENTION_CALENDAR);
    });

    test('a drop-in stays and is named', async () => {
      const dropIn = `/etc/systemd/system/${ENSURE}.service.d/ours.conf`;
      host.write(dropIn, '[Service]\nTimeoutStartSec=10min\n');
      await host.succeed(['systemctl', 'daemon-reload']);
      hotlookup.use({ budgets: { timeoutStart: '6min' } });
      expect(await hotlookup.succeed('install')).toContain(dropIn);
      expect(await show(host, `${ENSURE}.service`, 'TimeoutStartUSec')).toEqual({ TimeoutStartUSec: '10min' });
      expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(dropIn) });
      await host.succeed(['rm', '-r', `/etc/systemd/system/${ENSURE}.service.d`]);
      await host.succeed(['systemctl', 'daemon-reload']);
      expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
    });

    test('a drop-in that spoils a timer is named, and nothing is done before it is gone', async () => {
      const folder = `/etc/systemd/system/${ENSURE}.timer.d`;
      host.write(`${folder}/ours.conf`, '[Timer]\nOnCalendar=\nOnCalendar=never\n');
      await host.succeed(['systemctl', 'daemon-reload']);
      expect(await hotlookup.run(['install'])).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(`${folder}/ours.conf`),
      });
      const unusable = `${ENSURE}.timer cannot be used by systemd (bad-setting)`;
      expect(await hotlookup.run(['status'])).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(unusable) });
      const advice = `Correct or remove ${folder}/ours.conf, with which systemd cannot use ${ENSURE}.timer`;
      const diff = await hotlookup.run(['diff']);
      expect(diff).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(advice) });
      expect(diff.stderr).not.toContain('hotlookup install');
      await host.succeed(['rm', '-r', folder]);
      await host.succeed(['systemctl', 'daemon-reload']);
      await hotlookup.succeed('install');
      await expectTimer(host, `${ENSURE}.timer`, ENSURE_CALENDAR);
    });

    test('an edited unit is shown and kept; by force it is replaced, and the timer that it broke mended', async () => {
      const unit = `/etc/systemd/system/${ENSURE}.timer`;
      await host.succeed(['sed', '-i', 's/^OnCalendar=.*/OnCalendar=never/', unit]);
      await host.succeed(['systemctl', 'daemon-reload']);
      expect((await host.run(['systemctl', 'restart', `${ENSURE}.timer`])).exitCode).not.toBe(0);
      expect(await show(host, `${ENSURE}.timer`, 'LoadState')).toEqual({ LoadState: 'bad-setting' });
      hotlookup.use({});
      const refused = await hotlookup.run(['install']);
      expect(refused).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/^[+-]OnCalendar=never$/m) });
      const saved = await hotlookup.succeed('install', '--force');
      const [copy = ''] = /\S+hotlookup-backup-\w+/.exec(saved) ?? [];
      expect(readFileSync(host.path(copy), 'utf8')).toContain('OnCalendar=never');
      await expectTimer(host, `${ENSURE}.timer`, ENSURE_CALENDAR);
      await host.succeed(['rm', copy]);
    });

    test('a job that the spec no longer has is gone', async () => {
      hotlookup.use({ partitionSets: [{ ...SET, retention: false }] });
      await hotlookup.succeed('install');
      for (const unit of [`${RETENTION}.timer`, `${RETENTION}.service`])
        expect(await show(host, unit, 'LoadState', 'ActiveState')).toEqual({
          LoadState: 'not-found',
          ActiveState: 'inactive',
        });
      expect(Object.keys(host.listing()).filter((path) => path.includes('retention'))).toEqual([]);
      await expectTimer(host, `${ENSURE}.timer`, ENSURE_CALENDAR);
    });

    test('uninstall leaves the host as it was', async () => {
      hotlookup.use({});
      await hotlookup.succeed('uninstall', '--purge');
      expect(host.listing()).toEqual(before);
      const units = await host.succeed(['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'scanner-*']);
      expect(units).toBe('');
    });
  },
  { debianServer: true, programs: ['strace'] },
);
