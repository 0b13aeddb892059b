import { afterAll, beforeAll, expect, test } from 'vitest';
import { partitionName } from '../harness/jobs/jobs.ts';
import { blocksUnder, runbookOf } from '../harness/render/runbook.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { installByHand } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { poll } from '../harness/systemd/poll.ts';
import { type Server, startServer } from '../harness/systemd/postgres.ts';
import { CONFINED, tryInSandbox } from '../harness/systemd/sandbox.ts';
import { ENSURE, expectTimer, RETENTION, runService, said, show } from '../harness/systemd/units.ts';

describeBooted(
  "the operations document's own installation",
  () => {
    let host: Host;
    let server: Server;
    beforeAll(async () => {
      host = await bootHost();
      server = await startServer(host);
      await installByHand(host, server.tcp);
    });
    afterAll(() => host?.stop());

    test('has timers that elapse when they should', async () => {
      await expectTimer(host, `${ENSURE}.timer`, '*-*-01 00:10:00 UTC');
      await expectTimer(host, `${RETENTION}.timer`, '*-*-* 00:15:00 UTC');
    });

    test('has run no job', async () => {
      for (const job of [ENSURE, RETENTION]) expect(await host.journal(`${job}.service`)).toEqual([]);
    });

    test('creates what is missing over TCP', async () => {
      await server.query(`drop table ${partitionName(1)}`);
      const run = await runService(host, `${ENSURE}.service`);
      expect(run).toMatchObject({ result: 'success', exitCode: 0 });
      expect(said(run)).toEqual([
        expect.stringMatching(`^<6>kept ${partitionName(0)} `),
        expect.stringMatching(`^<5>created ${partitionName(1)} `),
        expect.stringMatching(/^<5>ensure scanner-artifact-boms: 1 created; runway /),
      ]);
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
    });

    test('makes up for a run that was missed, and drops what is too old', async () => {
      await server.query(
        `create table scanner.artifact_boms_2020_01 partition of scanner.artifact_boms for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')`,
      );
      const timer = `${RETENTION}.timer`;
      await host.succeed(['systemctl', 'stop', timer]);
      await host.succeed(['touch', '--date=2 days ago', `/var/lib/systemd/timers/stamp-${timer}`]);
      // The delay holds for missed runs too: up to two minutes.
      host.write(`/etc/systemd/system/${timer}.d/at-once.conf`, '[Timer]\nRandomizedDelaySec=0\n');
      await host.succeed(['systemctl', 'daemon-reload']);
      await host.succeed(['systemctl', 'start', timer]);
      await poll('the job has run', async () => {
        const { ExecMainExitTimestamp, ActiveState } = await show(
          host,
          `${RETENTION}.service`,
          'ExecMainExitTimestamp',
          'ActiveState',
        );
        return ExecMainExitTimestamp && ActiveState === 'inactive' ? true : undefined;
      });
      expect(await show(host, `${RETENTION}.service`, 'Result')).toEqual({ Result: 'success' });
      expect(said({ entries: await host.journal(`${RETENTION}.service`) })).toContainEqual(
        expect.stringMatching(/^<5>dropped scanner\.artifact_boms_2020_01 /),
      );
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
    });

    test('keeps a job confined, under the hardening', async () => {
      expect(await tryInSandbox(host, `${ENSURE}.service`)).toEqual([...CONFINED, 'can connect 127.0.0.1/5432']);
    });

    test.each([ENSURE, RETENTION])('%s scores 0.9', async (job) => {
      const figures = await host.succeed(['systemd-analyze', 'security', '--no-pager', `${job}.service`]);
      expect(figures).toMatch(/Overall exposure level for \S+: 0\.9 /);
    });

    test("follows the runbook's commands for its units", async () => {
      const lines = ['What a job did', 'Retention dropped a wrong partition']
        .flatMap((heading) => blocksUnder(runbookOf(), heading, 'sh'))
        .flatMap((block) => block.split('\n'))
        .filter((line) => /\b(?:systemctl|journalctl)\b/.test(line));
      expect(lines.length).toBeGreaterThan(10);
      for (const line of lines) {
        const { exitCode } = await host.run(['bash', '-c', `sudo() { "$@"; }; ${line}`]);
        // It exits with 3 for a unit that does not run now.
        expect({ line, exitCode }).toEqual({ line, exitCode: line.includes('systemctl status') ? 3 : 0 });
      }
      for (const job of [ENSURE, RETENTION])
        expect(await show(host, `${job}.timer`, 'ActiveState')).toEqual({ ActiveState: 'active' });
    });
  },
  { debianServer: true },
);
