import type { Host } from './host.ts';
import { runService, said } from './units.ts';

const SCRIPTS = '/opt/stellaops/devops/scripts';

/** What a job may or may not do, tried with bash's own means, for the sandbox lets it run few programs. */
const ATTEMPTS = `#!/bin/bash
try() { if ("$@") >/dev/null 2>&1; then echo "can $*"; else echo "cannot $*"; fi; }
write() { echo >"$1"; }
run() { "$1"; }
open() { : <"$1"; }
find() { [ -e "$1" ]; }
connect() { : <"/dev/tcp/$1"; }
try write /etc/written
try write ${SCRIPTS}/written
try write /var/tmp/written
try run /usr/bin/env
try run /usr/bin/id
try open /etc/stellaops/scanner-hotlookup.env
try open /root/.bashrc
try find /tmp/somebodys
try find /proc/1
try connect 127.0.0.1/5432
`;

/** How all but the last attempt end, whatever the database is reached by. */
export const CONFINED: readonly string[] = [
  'cannot write /etc/written',
  `cannot write ${SCRIPTS}/written`,
  'can write /var/tmp/written',
  'can run /usr/bin/env',
  'cannot run /usr/bin/id',
  'cannot open /etc/stellaops/scanner-hotlookup.env',
  'cannot open /root/.bashrc',
  'cannot find /tmp/somebodys',
  'cannot find /proc/1',
];

/** Runs the attempts, and more of them, in a service's sandbox, in place of its job: `can …` or `cannot …` for each. */
export async function tryInSandbox(host: Host, service: string, ...more: readonly string[]): Promise<string[]> {
  const dropIn = `/etc/systemd/system/${service}.d`;
  host.write(`${SCRIPTS}/attempts.sh`, ATTEMPTS + more.map((attempt) => `try ${attempt}\n`).join(''), 0o755);
  host.write('/tmp/somebodys', '');
  host.write(`${dropIn}/attempts.conf`, `[Service]\nExecStart=\nExecStart=${SCRIPTS}/attempts.sh\n`);
  await host.succeed(['systemctl', 'daemon-reload']);
  const run = await runService(host, service);
  await host.succeed(['rm', '-r', dropIn, `${SCRIPTS}/attempts.sh`, '/tmp/somebodys']);
  await host.succeed(['systemctl', 'daemon-reload']);
  return said(run).map((line) => line.replace(/^<6>/, ''));
}
