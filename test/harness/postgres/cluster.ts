import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { makeTemporary } from '../runner/temporary.ts';

export const SUPERUSER = 'postgres';
export const SUPERUSER_PASSWORD = 'superuser-password';

/** A running server with its own data folder. Sockets trust everybody, TCP asks for a password (SCRAM). */
export type Cluster = {
  readonly label: string;
  readonly major: number;
  readonly port: number;
  /** Folder of the unix socket. */
  readonly sockets: string;
  readonly data: string;
  readonly log: () => string;
  start(): Promise<void>;
  /** SIGINT ends sessions and shuts down cleanly (fast shutdown); SIGKILL is a crash. */
  stop(signal?: 'SIGINT' | 'SIGKILL'): Promise<void>;
  /** Stops the server and removes everything it wrote. */
  dispose(): Promise<void>;
};

/** PostgreSQL refuses to run as root: root's tests run it as `nobody`, who exists everywhere. */
const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

export type ClusterOptions = {
  readonly installation: { readonly bin: string; readonly label: string; readonly major: number };
  /** Lines for postgresql.conf. */
  readonly settings?: readonly string[];
  /** Lines that go before the default ones of pg_hba.conf. */
  readonly hba?: readonly string[];
  /** A stopped cluster's data folder to start from (a standby, for example) instead of a new one. */
  readonly copyOf?: string;
  /** Put into the server's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its folder is to be: `MEMORY_PARENT` for a test that makes many databases. */
  readonly parent?: string;
};

/** Where the servers' folders are: a socket's path may have 107 bytes at most, and the system's temporary folder may be deep. */
export const SHORT_PARENT = '/tmp';

/** The same in memory, where there is such a place. */
export const MEMORY_PARENT = existsSync('/dev/shm') ? '/dev/shm' : SHORT_PARENT;

/** Makes a data folder that the server's user owns. */
function makeHome(parent: string): string {
  const home = makeTemporary('pg', parent);
  chmodSync(home, 0o755);
  mkdirSync(join(home, 's'));
  chmodSync(join(home, 's'), 0o777);
  if (identity.uid !== undefined)
    for (const path of [home, join(home, 's')]) chownSync(path, identity.uid, identity.gid);
  return home;
}

async function initialise(bin: string, home: string): Promise<void> {
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, SUPERUSER_PASSWORD);
  chmodSync(passwordFile, 0o644);
  await execa(
    join(bin, 'initdb'),
    ['-D', join(home, 'data'), '-U', SUPERUSER, '--pwfile', passwordFile, '-N', '-E', 'UTF8', '--locale=C'].concat([
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
    ]),
    { ...identity, cwd: home },
  );
}

/** Makes and starts a server; the caller disposes of it. */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const { bin, label, major } = options.installation;
  const home = makeHome(options.parent ?? SHORT_PARENT);
  const data = join(home, 'data');
  if (options.copyOf) await execa('cp', ['-a', options.copyOf, data]);
  else await initialise(bin, home);

  const port = await freePort();
  const sockets = join(home, 's');
  appendFileSync(
    join(data, 'postgresql.conf'),
    [
      `port = ${port}`,
      `unix_socket_directories = '${sockets}'`,
      "listen_addresses = '127.0.0.1'",
      'fsync = off',
      'max_connections = 60',
      'log_statement = none',
      ...(options.settings ?? []),
      '',
    ].join('\n'),
  );
  const hbaFile = join(data, 'pg_hba.conf');
  if (options.hba) writeFileSync(hbaFile, `${options.hba.join('\n')}\n${readFileSync(hbaFile, 'utf8')}`);

  const logFile = join(home, 'log');
  const log = () => readFileSync(logFile, 'utf8');
  const launch = () =>
    execa(join(bin, 'postgres'), ['-D', data], {
      ...identity,
      env: options.environment ?? {},
      cwd: home,
      stdin: 'ignore',
      stdout: { file: logFile, append: true },
      stderr: { file: logFile, append: true },
      reject: false,
    });
  let server: ReturnType<typeof launch> | undefined;

  async function start(): Promise<void> {
    server = launch();
    await untilReady(() => server?.exitCode === null || server?.exitCode === undefined, sockets, port, log);
  }

  async function stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    server?.kill(signal);
    await server;
    server = undefined;
  }

  async function dispose(): Promise<void> {
    await stop();
    rmSync(home, { recursive: true, force: true });
  }

  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { label, major, port, sockets, data, log, start, stop, dispose };
}

/** Waits until the server answers; polls, because a server that starts has no event to wait for. */
async function untilReady(alive: () => boolean, sockets: string, port: number, log: () => string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; ) {
    const client = new pg.Client({ host: sockets, port, user: SUPERUSER, database: 'postgres' });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (!alive() || Date.now() > deadline) throw new Error(`the server did not start: ${log()}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
