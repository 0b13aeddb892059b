import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { partitionName } from '../harness/jobs/jobs.ts';
import { bootFolder, type Host } from '../harness/systemd/host.ts';
import { writeEnvironmentFile } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { poll } from '../harness/systemd/poll.ts';
import { startServer } from '../harness/systemd/postgres.ts';
import { installProgram } from '../harness/systemd/program.ts';
import { ENSURE, expectTimer, RETENTION, runService, show } from '../harness/systemd/units.ts';

const cli = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));

describeBooted(
  'an image',
  () => {
    let folder: string;
    let host: Host | undefined;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'hotlookup-image-'));
    });
    afterEach(async () => {
      await host?.stop();
      host = undefined;
      rmSync(folder, { recursive: true });
    });

    const install = (...options: string[]) =>
      execa(process.execPath, [cli, 'install', '--root', folder, ...options], { cwd: folder });

    test('boots with timers that elapse when they should, and its jobs run', async () => {
      await install();
      host = await bootFolder(folder);
      await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
      await expectTimer(host, `${RETENTION}.timer`, '*-*-* 00:15:00 UTC');

      const server = await startServer(host);
      await server.query(`drop table ${partitionName(1)}`);
      writeEnvironmentFile(host, server.tcp);
      expect(await runService(host, `${ENSURE}.service`)).toMatchObject({ result: 'success', exitCode: 0 });
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);

      const hotlookup = await installProgram(host);
      expect(await hotlookup.succeed('install')).toContain('nothing to do');
    });

    test('has the folder for metrics made by its first boot, and loses it with the installation', async () => {
      writeFileSync(join(folder, 'hotlookup.yaml'), 'metrics: { directory: /srv/metrics/text, group: daemon }\n');
      await install();
      rmSync(join(folder, 'hotlookup.yaml'));
      expect(existsSync(join(folder, 'srv'))).toBe(false);
      host = await bootFolder(folder);
      const { mode, uid, gid } = statSync(host.path('/srv/metrics/text'));
      expect({ mode: mode & 0o7777, uid, gid }).toEqual({ mode: 0o2775, uid: 0, gid: 1 });
      await runService(host, `${ENSURE}.service`);
      expect(readdirSync(host.path('/srv/metrics/text'))).toEqual([`${ENSURE}.prom`]);
      const hotlookup = await installProgram(host);
      await hotlookup.succeed('uninstall');
      expect(existsSync(host.path('/srv/metrics'))).toBe(false);
    });

    test('with a preset has its timers enabled by the first boot', async () => {
      await install('--preset');
      expect(existsSync(join(folder, 'etc/systemd/system/timers.target.wants'))).toBe(false);
      writeFileSync(join(folder, 'etc/machine-id'), 'uninitialized\n');
      host = await bootFolder(folder);
      await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
      await expectTimer(host, `${RETENTION}.timer`, '*-*-* 00:15:00 UTC');
    });

    test('makes up at boot for a run that was missed while it was off', async () => {
      await install();
      const stamp = join(folder, `var/lib/systemd/timers/stamp-${RETENTION}.timer`);
      mkdirSync(join(stamp, '..'), { recursive: true });
      await execa('touch', ['--date=2 days ago', stamp]);
      const dropIn = join(folder, `etc/systemd/system/${RETENTION}.timer.d`);
      mkdirSync(dropIn);
      writeFileSync(join(dropIn, 'at-once.conf'), '[Timer]\nRandomizedDelaySec=0\n');
      host = await bootFolder(folder);
      const booted = host;
      // Without a server and an environment file the job ends with exit code 3; that it was started is what counts.
      await poll('the job has run', async () => {
        const { ExecMainStatus, Result } = await show(booted, `${RETENTION}.service`, 'ExecMainStatus', 'Result');
        return Result === 'exit-code' && ExecMainStatus === '3' ? true : undefined;
      });
    });
  },
  { debianServer: true },
);
