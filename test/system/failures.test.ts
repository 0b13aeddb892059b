import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawSpec } from '../../src/spec/schema.ts';
import { renderMigration } from '../harness/jobs/migration.ts';
import { DROP_OLD, ENSURE as ENSURE_NAME } from '../harness/jobs/partitions.ts';
import { OWNER } from '../harness/jobs/scanner.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { installByHand, writeEnvironmentFile } from '../harness/systemd/manual.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { poll } from '../harness/systemd/poll.ts';
import { type Server, startServer } from '../harness/systemd/postgres.ts';
import { ENSURE, RETENTION, said, show } from '../harness/systemd/units.ts';

const SERVICE = `${ENSURE}.service`;
const RECORD = '/var/lib/failures';
const SPEC: RawSpec = { onFailure: 'record@%n.service', budgets: { connect: '1s' } };

describeBooted(
  'a job that fails',
  () => {
    let host: Host;
    let server: Server;
    beforeAll(async () => {
      host = await bootHost();
      server = await startServer(host);
      host.write(
        '/etc/systemd/system/record@.service',
        `[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo %i >>${RECORD}'\n`,
      );
      // The five minutes between two attempts are left out; how many there may be is not.
      host.write(`/etc/systemd/system/${SERVICE}.d/at-once.conf`, '[Service]\nRestartSec=100ms\n');
      await installByHand(host, server.tcp, SPEC);
    });
    afterAll(() => host?.stop());

    /** Runs the job with a `PG_DSN` until nothing more will happen: what it said, and which units were told of. */
    async function failWith(dsn: string) {
      writeEnvironmentFile(host, dsn);
      host.write(RECORD, '');
      await host.run(['systemctl', 'reset-failed', SERVICE]);
      const before = await host.journal(SERVICE);
      await host.run(['systemctl', 'start', '--no-block', SERVICE]);
      const recorded = () => readFileSync(host.path(RECORD), 'utf8').split('\n').filter(Boolean);
      await poll('the failure is recorded', () => (recorded().length > 0 ? true : undefined));
      const {
        ActiveState: state,
        Result: result,
        ExecMainStatus: status,
      } = await show(host, SERVICE, 'ActiveState', 'Result', 'ExecMainStatus');
      const entries = (await host.journal(SERVICE)).slice(before.length);
      const attempts = entries.filter(({ message }) => message.startsWith('Starting ')).length;
      return { state, result, status, attempts, recorded: recorded(), said: said({ entries }) };
    }

    test('for want of a server is tried three times, then told of once', async () => {
      const outcome = await failWith(server.tcp.replace('Host=', 'Port=1;Host='));
      expect(outcome).toMatchObject({
        state: 'failed',
        result: 'exit-code',
        status: '4',
        attempts: 3,
        recorded: [SERVICE],
      });
      const errors = outcome.said.filter((line) => line.startsWith('<3>') && line.includes('no server listens there'));
      expect(errors).toHaveLength(3);
    });

    test.each([
      ['an unknown key', (dsn: string) => `${dsn};Pasword=x`, '3'],
      ['a wrong password', (dsn: string) => dsn.replace(/Password=.*/, 'Password=wrong'), '5'],
    ])('for %s is told of at once and not tried again', async (_, change, status) => {
      const outcome = await failWith(change(server.tcp));
      expect(outcome).toMatchObject({ state: 'failed', result: 'exit-code', status, attempts: 1, recorded: [SERVICE] });
      expect(outcome.said.join('\n')).not.toMatch(/maintainer-password|wrong/);
    });

    test.each([
      [RETENTION, ENSURE, DROP_OLD],
      [ENSURE, RETENTION, ENSURE_NAME],
    ])('%s leaves %s alone', async (broken, sound, routine) => {
      writeEnvironmentFile(host, server.tcp);
      await host.run(['systemctl', 'reset-failed']);
      await server.query(`drop function ${routine}`);
      const failed = await host.run(['systemctl', 'start', `${broken}.service`]);
      expect(failed.exitCode).not.toBe(0);
      await host.succeed(['systemctl', 'start', `${sound}.service`]);
      expect(await show(host, `${broken}.service`, 'ActiveState', 'ExecMainStatus')).toEqual({
        ActiveState: 'failed',
        ExecMainStatus: '5',
      });
      expect(await show(host, `${sound}.service`, 'Result', 'ExecMainStatus')).toEqual({
        Result: 'success',
        ExecMainStatus: '0',
      });
      await server.query(`set role ${OWNER};\n${renderMigration()}`);
    });
  },
  { debianServer: true },
);
