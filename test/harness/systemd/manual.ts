import { execa } from 'execa';
import { environment } from '../../../src/render/quoting.ts';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { writeTree } from '../render/tree.ts';
import type { Host } from './host.ts';

/** The commands of the operations document, as they stand there. */
const COMMANDS = `
sudo cp devops/scripts/systemd/scanner-artifact-boms-*.service /etc/systemd/system/
sudo cp devops/scripts/systemd/scanner-artifact-boms-*.timer /etc/systemd/system/
sudo systemctl daemon-reload
sudo systemctl enable --now scanner-artifact-boms-ensure.timer
sudo systemctl enable --now scanner-artifact-boms-retention.timer
`;

/** Root needs no sudo, and a host need not have it. */
const SUDO = 'set -eu; sudo() { "$@"; }';

/** Runs a document's commands in a folder of the host, as the person who reads it would. */
export const follow = (host: Host, folder: string, commands: string): Promise<string> =>
  host.succeed(['bash', '-c', `${SUDO}; cd '${folder}'; ${commands}`]);

/** Puts the tree that a spec renders to into a folder of the host. */
export async function copyTree(host: Host, spec: RawSpec, inside: string): Promise<void> {
  const tree = await writeTree(spec);
  try {
    await host.succeed(['mkdir', '-p', inside]);
    await execa('cp', ['-R', '--preserve=mode', `${tree.folder}/.`, host.path(inside)]);
    // A temporary folder is closed to others, and cp took that over.
    await host.succeed(['chmod', '0755', inside]);
  } finally {
    await tree.dispose();
  }
}

/** Installs as the operations document tells: the tree at /opt/stellaops, an environment file, and the commands. */
export async function installByHand(host: Host, dsn: string, spec: RawSpec = {}): Promise<void> {
  await copyTree(host, spec, '/opt/stellaops');
  writeEnvironmentFile(host, dsn);
  await follow(host, '/opt/stellaops', COMMANDS);
}

export const writeEnvironmentFile = (host: Host, dsn: string): void =>
  host.write('/etc/stellaops/scanner-hotlookup.env', `PG_DSN=${environment(dsn)}\n`, 0o600);
