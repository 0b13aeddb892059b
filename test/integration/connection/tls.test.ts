import { chmodSync, chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { type Authority, createAuthority, type Pair } from '../../harness/postgres/certificates.ts';
import { type Cluster, createCluster, SUPERUSER_PASSWORD } from '../../harness/postgres/cluster.ts';
import { createHost } from '../../harness/postgres/connection-host.ts';
import { refusal, rowOf, session } from '../../harness/postgres/sessions.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const [installation] = inject('servers');
if (!installation) throw new Error('there is no server to test with');
const SECURE = 'select ssl as secure from pg_stat_ssl where pid = pg_backend_pid()';

describeNeeding({ programs: ['openssl'] }, 'TLS', () => {
  let authority: Authority;
  let other: Authority;
  let cluster: Cluster;
  let client: Pair;
  const dsn = (rest: string, host = '127.0.0.1') =>
    `Host=${host};Port=${cluster.port};Username=postgres;Password=${SUPERUSER_PASSWORD};${rest}`;
  const verified = (rest: string, host?: string) => dsn(`Root Certificate=${authority.certificate};${rest}`, host);

  /** Gives the server another certificate, and settings that hold until the next call. */
  async function serve(pair: Pair, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const [from, name] of [
      [pair.certificate, 'server.crt'],
      [pair.key, 'server.key'],
    ] as const) {
      const to = join(cluster.data, name);
      copyFileSync(from, to);
      chmodSync(to, 0o600);
      if (process.getuid?.() === 0) chownSync(to, 65534, 65534);
    }
    const all = { ssl: 'on', ssl_ca_file: authority.certificate, ...settings };
    const socket = `Host=${cluster.sockets};Port=${cluster.port};Username=postgres`;
    await session(socket, async (connection) => {
      for (const [name, value] of Object.entries(all)) await connection.query(`alter system set ${name} = '${value}'`);
    });
    // A reload would be done at some time after it was asked for.
    await cluster.stop();
    await cluster.start();
  }

  let good: Pair;
  beforeAll(async () => {
    [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
    // hostssl and hostnossl lines for roles of their own; `certified` must show a certificate.
    const hba = [
      'hostssl all certified 127.0.0.1/32 cert',
      'hostssl all only_tls 127.0.0.1/32 trust',
      'hostnossl all only_tls 127.0.0.1/32 reject',
      'hostnossl all only_plain 127.0.0.1/32 trust',
      'host all only_plain 127.0.0.1/32 reject',
    ];
    cluster = await createCluster({ installation, hba });
    good = await authority.issue('good', { subject: 'server', names: ['DNS:localhost', 'IP:127.0.0.1'] });
    client = await authority.issue('client', { subject: 'certified' });
    const socket = `Host=${cluster.sockets};Port=${cluster.port};Username=postgres`;
    await rowOf(socket, 'create role certified login; create role only_tls login; create role only_plain login');
    await serve(good);
  });
  afterAll(async () => {
    await cluster?.dispose();
    authority?.dispose();
    other?.dispose();
  });

  test.each([
    ['Disable', 'f'],
    ['Allow', 'f'],
    ['Prefer', 't'],
    ['Require', 't'],
  ])('SSL Mode=%s on a server that has TLS', async (mode, secure) => {
    expect(await rowOf(dsn(`SSL Mode=${mode}`), SECURE)).toEqual({ secure });
  });

  test.each(['localhost', '127.0.0.1'])('VerifyFull accepts the right name %s', async (host) => {
    expect(await rowOf(verified('SSL Mode=VerifyFull', host), SECURE)).toEqual({ secure: 't' });
  });

  test('a unix socket never has TLS', async () => {
    const socket = `Host=${cluster.sockets};Port=${cluster.port};Username=postgres;SSL Mode=VerifyFull`;
    expect(await rowOf(socket, SECURE)).toEqual({ secure: 'f' });
  });

  test.each([
    ['Allow', 'only_tls', 't'],
    ['Prefer', 'only_plain', 'f'],
  ])('SSL Mode=%s tries the other way where pg_hba.conf has no line for the first (%s)', async (mode, role, secure) => {
    const text = `Host=127.0.0.1;Port=${cluster.port};Username=${role};Database=postgres;SSL Mode=${mode}`;
    expect(await rowOf(text, SECURE)).toEqual({ secure });
  });

  test.each(['VerifyCA', 'VerifyFull', 'Require'])(
    '%s refuses a server that another authority vouches for',
    async (mode) => {
      const text = dsn(`SSL Mode=${mode};Root Certificate=${other.certificate}`);
      const error = await refusal(text, EXIT.unreachable, { budgetMs: 20_000 });
      expect(error.message).toContain('TLS failed');
      expect(error.advice).toContain('Root Certificate');
    },
  );

  test('VerifyFull without a root certificate refuses a private authority', async () => {
    const error = await refusal(dsn('SSL Mode=VerifyFull'), EXIT.unreachable);
    expect(error.message).toContain('TLS failed');
  });

  test('Trust Server Certificate turns off what a root certificate would verify', async () => {
    const text = dsn(`SSL Mode=Require;Trust Server Certificate=true;Root Certificate=${other.certificate}`);
    expect(await rowOf(text, SECURE)).toEqual({ secure: 't' });
  });

  test('PGSSLROOTCERT counts', async () => {
    const { host } = createHost({ environment: { PGSSLROOTCERT: authority.certificate } });
    expect(await rowOf(dsn('SSL Mode=VerifyFull'), SECURE, { host })).toEqual({ secure: 't' });
  });

  test('a missing root certificate is named', async () => {
    const error = await refusal(dsn('SSL Mode=VerifyFull;Root Certificate=/nonexistent/ca.crt'), EXIT.missing);
    expect(error.message).toBe('Root Certificate: the file /nonexistent/ca.crt cannot be read (ENOENT)');
  });

  test('Root Certificate that is no certificate is told', async () => {
    const error = await refusal(dsn(`SSL Mode=VerifyFull;Root Certificate=${import.meta.filename}`), EXIT.unreachable);
    expect(error.message).toContain('TLS failed');
  });

  test('SSL Negotiation=direct speaks TLS from the first byte', async () => {
    const text = verified('SSL Mode=VerifyFull;SSL Negotiation=direct');
    if (installation.major < 17) await refusal(text, EXIT.unreachable, { budgetMs: 500 });
    else expect(await rowOf(text, SECURE)).toEqual({ secure: 't' });
  });

  test('a client certificate logs in: PEM, PEM with a locked key, PKCS#12', async () => {
    const as = (rest: string) => `${verified('SSL Mode=VerifyFull')};Username=certified;Database=postgres;${rest}`;
    const [locked, bundle] = await Promise.all([authority.lock(client, 'k e;y'), authority.bundle(client, 'p12')]);
    for (const files of [
      `SSL Certificate=${client.certificate};SSL Key=${client.key}`,
      `SSL Certificate=${client.certificate};SSL Key=${locked};SSL Password="k e;y"`,
      `SSL Certificate=${bundle};SSL Password=p12`,
    ]) {
      expect(await rowOf(as(files), 'select current_user as who')).toEqual({ who: 'certified' });
    }
    const wrong = await refusal(as(`SSL Certificate=${bundle};SSL Password=guess`), EXIT.missing);
    expect(`${wrong.message} ${wrong.advice}`).not.toContain('guess');
    const none = await refusal(as(''), EXIT.missing);
    expect(none.message).toContain('certificate');
    const alone = await refusal(as(`SSL Certificate=${client.certificate}`), EXIT.configuration);
    expect(alone.message).toContain('SSL Key is not');
  });

  test('a client certificate of another authority is refused', async () => {
    const foreign = await other.issue('foreign', { subject: 'certified' });
    const files = `SSL Certificate=${foreign.certificate};SSL Key=${foreign.key}`;
    const error = await refusal(`${verified('SSL Mode=VerifyFull')};Username=certified;${files}`, EXIT.unreachable);
    expect(error.message).toMatch(/TLS failed: .*unknown ca/);
  });

  test('the name in the certificate must be the host, unless only the authority is verified', async () => {
    await serve(await authority.issue('elsewhere', { subject: 'elsewhere', names: ['DNS:elsewhere.example'] }));
    const error = await refusal(verified('SSL Mode=VerifyFull'), EXIT.unreachable);
    expect(error.message).toContain("IP: 127.0.0.1 is not in the cert's list");
    expect(await rowOf(verified('SSL Mode=VerifyCA'), SECURE)).toEqual({ secure: 't' });
    await serve(good);
  });

  test('an expired certificate is refused', async () => {
    await serve(await authority.issue('old', { subject: 'old', names: ['IP:127.0.0.1'], expired: true }));
    for (const mode of ['VerifyFull', 'VerifyCA', 'Require']) {
      const error = await refusal(verified(`SSL Mode=${mode}`), EXIT.unreachable);
      expect(error.message).toContain('certificate has expired');
    }
    expect(await rowOf(dsn('SSL Mode=Require'), SECURE)).toEqual({ secure: 't' });
    await serve(good);
  });

  test('a server without TLS: Prefer goes on in plain, Require and above refuse at once', async () => {
    await serve(good, { ssl: 'off' });
    expect(await rowOf(dsn('SSL Mode=Prefer'), SECURE)).toEqual({ secure: 'f' });
    for (const mode of ['Require', 'VerifyCA', 'VerifyFull']) {
      const error = await refusal(verified(`SSL Mode=${mode}`), EXIT.unreachable, { budgetMs: 20_000 });
      expect(error.message).toContain('the server does not offer TLS');
    }
    await serve(good);
  });
});
