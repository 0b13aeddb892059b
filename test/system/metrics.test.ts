import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawSpec } from '../../src/spec/schema.ts';
import { partitionName } from '../harness/jobs/jobs.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import type { Listing } from '../harness/systemd/listing.ts';
import { writeEnvironmentFile } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { type Server, startServer } from '../harness/systemd/postgres.ts';
import { installProgram, type Program } from '../harness/systemd/program.ts';
import { CONFINED, tryInSandbox } from '../harness/systemd/sandbox.ts';
import { ENSURE, RETENTION, runService, said } from '../harness/systemd/units.ts';

const FOLDER = '/srv/metrics of all/100% text';
const FILES = [`${ENSURE}.prom`, `${RETENTION}.prom`];
const SPEC: RawSpec = { metrics: { directory: FOLDER, group: 'scrape' } };

/** The tests are one story: each starts where the one before it ended. */
describeBooted(
  'metrics',
  () => {
    let host: Host;
    let server: Server;
    let hotlookup: Program;
    let before: Listing;
    beforeAll(async () => {
      host = await bootHost();
      server = await startServer(host);
      hotlookup = await installProgram(host);
      hotlookup.use(SPEC);
    });
    afterAll(() => host?.stop());

    const statusOf = (path: string) => {
      const { mode, uid, gid } = statSync(host.path(path));
      return { mode: mode & 0o7777, uid, gid };
    };
    const groupNumber = async () => Number((await host.succeed(['getent', 'group', 'scrape'])).split(':')[2]);
    const names = () => readdirSync(host.path(FOLDER)).sort();
    const text = (name: string) => readFileSync(host.path(`${FOLDER}/${name}`), 'utf8');

    test('an install without the group is refused, with the command that makes it', async () => {
      const untouched = host.listing();
      const { exitCode, stderr } = await hotlookup.run(['install']);
      const [command = ''] = /groupadd --system scrape/.exec(stderr) ?? [];
      expect({ exitCode, stderr }).toEqual({ exitCode: 7, stderr: expect.stringContaining('no group scrape') });
      expect(host.listing()).toEqual(untouched);
      await host.succeed(command.split(' '));
      before = host.listing();
    });

    test('an install makes the folder', async () => {
      await hotlookup.succeed('install');
      expect(statusOf(FOLDER)).toEqual({ mode: 0o2775, uid: 0, gid: await groupNumber() });
      expect(await hotlookup.succeed('install')).toContain('nothing to do');
      expect(await hotlookup.run(['diff'])).toMatchObject({ exitCode: 0 });
      // What the boot would do changes nothing of it.
      const installed = host.listing();
      await host.succeed(['systemd-tmpfiles', '--create', '/etc/tmpfiles.d/hotlookup-metrics.conf']);
      expect(host.listing()).toEqual(installed);
    });

    test('jobs in their sandbox leave files that everybody can read', async () => {
      writeEnvironmentFile(host, server.tcp);
      await server.query(`drop table ${partitionName(1)}`);
      for (const job of [ENSURE, RETENTION, ENSURE])
        expect(await runService(host, `${job}.service`)).toMatchObject({ result: 'success', exitCode: 0 });
      expect(names()).toEqual(FILES);
      for (const name of FILES) {
        expect(statusOf(`${FOLDER}/${name}`)).toMatchObject({ mode: 0o644, gid: await groupNumber() });
        const read = await host.succeed(['runuser', '-u', 'nobody', '--', 'cat', `${FOLDER}/${name}`]);
        expect(read).toContain('outcome="done"} 1');
      }
      expect(text(FILES[0] ?? '')).toMatch(/^hotlookup_partitions_created_total\{.*\} 1$/m);
    });

    test('a job may write there and nowhere else, and run nothing from there', async () => {
      const directory = `'${FOLDER}'`;
      host.write(`${FOLDER}/program`, '#!/bin/bash\n', 0o755);
      const attempts = await tryInSandbox(
        host,
        `${ENSURE}.service`,
        `write ${directory}/x`,
        `write ${directory}/../x`,
        `run ${directory}/program`,
      );
      expect(attempts).toEqual([
        ...CONFINED,
        'can connect 127.0.0.1/5432',
        `can write ${FOLDER}/x`,
        `cannot write ${FOLDER}/../x`,
        `cannot run ${FOLDER}/program`,
      ]);
      await host.succeed(['rm', `${FOLDER}/x`, `${FOLDER}/program`]);
    });

    test.each([ENSURE, RETENTION])('%s is no more exposed than without', async (job) => {
      const figures = await host.succeed(['systemd-analyze', 'security', '--no-pager', `${job}.service`]);
      expect(figures).toMatch(/Overall exposure level for \S+: 0\.9 /);
    });

    test('a job that fails leaves why', async () => {
      writeEnvironmentFile(host, server.tcp.replace('Password=', 'Password=no-'));
      expect(await runService(host, `${ENSURE}.service`)).toMatchObject({ exitCode: 5 });
      expect(text(FILES[0] ?? '')).toContain('outcome="missing"} 1');
      expect(text(FILES[0] ?? '')).toMatch(/^hotlookup_partitions_created_total\{.*\} 1$/m);
      writeEnvironmentFile(host, server.tcp);
    });

    test('where the folder is gone, a job does its work and says so; the boot makes it again', async () => {
      await host.succeed(['rm', '-r', FOLDER]);
      await server.query(`drop table ${partitionName(1)}`);
      const run = await runService(host, `${ENSURE}.service`);
      expect(run).toMatchObject({ result: 'success', exitCode: 0 });
      expect(said(run).join('\n')).toMatch(/^<4>warning: the metrics of this run were not written .*ENOENT/m);
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
      // As systemd-tmpfiles-setup.service does, which cannot be started by hand.
      await host.succeed(['systemd-tmpfiles', '--create', '--boot', '--prefix=/srv']);
      expect(statusOf(FOLDER)).toEqual({ mode: 0o2775, uid: 0, gid: await groupNumber() });
      await runService(host, `${ENSURE}.service`);
      expect(names()).toEqual(FILES.slice(0, 1));
    });

    test('a job that the spec no longer has takes its metrics with it', async () => {
      await runService(host, `${RETENTION}.service`);
      expect(names()).toEqual(FILES);
      const set = { name: 'scanner-artifact-boms', table: 'scanner.artifact_boms', retention: false as const };
      const ensure = { function: 'scanner.ensure_artifact_boms_future_partitions' };
      hotlookup.use({ ...SPEC, partitionSets: [{ ...set, ensure }] });
      await hotlookup.succeed('install');
      expect(names()).toEqual(FILES.slice(0, 1));
    });

    test('a folder of others is never changed', async () => {
      const other = { metrics: { directory: '/srv/theirs', group: 'scrape' } };
      await host.succeed(['mkdir', '/srv/theirs']);
      hotlookup.use(other);
      const { exitCode, stderr } = await hotlookup.run(['install']);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 7,
        stderr: expect.stringContaining('chgrp scrape /srv/theirs'),
      });
      const [fix = ''] = /chgrp scrape \/srv\/theirs && chmod 2775 \/srv\/theirs/.exec(stderr) ?? [];
      await host.succeed(['bash', '-c', fix]);
      await hotlookup.succeed('install');
      expect(existsSync(host.path(FOLDER))).toBe(false);
      await runService(host, `${ENSURE}.service`);
      expect(existsSync(host.path(`/srv/theirs/${FILES[0]}`))).toBe(true);
      expect(await hotlookup.succeed('uninstall', '--purge')).toContain(`/srv/theirs/${FILES[0]}`);
      expect(readdirSync(host.path('/srv/theirs'))).toEqual([]);
      await host.succeed(['rmdir', '/srv/theirs']);
    });

    test('uninstall leaves the host as it was, without a file that Prometheus would go on reading', async () => {
      hotlookup.use(SPEC);
      await hotlookup.succeed('install');
      writeEnvironmentFile(host, server.tcp);
      for (const job of [ENSURE, RETENTION]) await runService(host, `${job}.service`);
      expect(names()).toEqual(FILES);
      host.write(`${FOLDER}/.${FILES[0]}.killed`, 'half');
      await hotlookup.succeed('uninstall', '--purge');
      expect(host.listing()).toEqual(before);
    });
  },
  { debianServer: true },
);
