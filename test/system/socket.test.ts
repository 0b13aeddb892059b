import { afterAll, beforeAll, expect, test } from 'vitest';
import { partitionName } from '../harness/jobs/jobs.ts';
import { blocksUnder, runbookOf } from '../harness/render/runbook.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { follow, installByHand } from '../harness/systemd/manual.ts';
import { describeBooted, missingNameService } from '../harness/systemd/needs.ts';
import { type Server, startServer } from '../harness/systemd/postgres.ts';
import { CONFINED, tryInSandbox } from '../harness/systemd/sandbox.ts';
import { ENSURE, RETENTION, runService } from '../harness/systemd/units.ts';

describeBooted(
  'over the unix socket',
  () => {
    let host: Host;
    let server: Server;
    beforeAll(async () => {
      host = await bootHost();
      server = await startServer(host);
      await installByHand(host, server.socket, { database: { access: 'socket' } });
    });
    afterAll(() => host?.stop());

    test('the server knows a user that exists only for the run', async () => {
      await server.query(`drop table ${partitionName(1)}`);
      expect(await runService(host, `${ENSURE}.service`)).toMatchObject({ result: 'success', exitCode: 0 });
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
      expect((await host.run(['getent', 'passwd', 'hotlookup'])).exitCode).toBe(2);
    });

    test('a job reaches nothing else', async () => {
      expect(await tryInSandbox(host, `${ENSURE}.service`)).toEqual([...CONFINED, 'cannot connect 127.0.0.1/5432']);
    });

    test("the runbook's commands run the scripts as that user", async () => {
      const [commands = ''] = blocksUnder(
        runbookOf({ database: { access: 'socket' } }),
        'Manual operations',
        'sh',
      ).slice(1);
      const lines = commands.split('\n').filter((line) => !line.startsWith('#') && !line.includes(' restore '));
      expect(lines).toHaveLength(4);
      await server.query(`drop table ${partitionName(1)}`);
      for (const line of lines) expect(await follow(host, '/', line)).toContain(partitionName(0));
      expect(await server.partitions()).toEqual([partitionName(0), partitionName(1)]);
    });

    test.each([ENSURE, RETENTION])('%s scores 0.2', async (job) => {
      const figures = await host.succeed(['systemd-analyze', 'security', '--no-pager', `${job}.service`]);
      expect(figures).toMatch(/Overall exposure level for \S+: 0\.2 /);
    });
  },
  { debianServer: true, others: missingNameService() },
);
