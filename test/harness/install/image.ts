import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { RawSpec } from '../../../src/spec/schema.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));

type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** A folder for images, beside what the tests put there to be left alone. */
export type Workshop = {
  readonly folder: string;
  path(name: string): string;
  /** Makes an image: a copy of what `fill` made, times included, so that two are alike. */
  image(name: string, fill?: string): string;
  /** Runs a command line; `{}` after `set -e`, in the C locale. */
  shell(script: string, environment?: Readonly<Record<string, string>>): Ran;
  /** The shell words of `hotlookup` with a spec, to put arguments behind. */
  hotlookup(verb: string, spec?: RawSpec): string;
  dispose(): void;
};

/** A folder as a distribution's image has it, before anything is installed: old, and all of it one user's. */
const SKELETON = `
umask 022
mkdir -p etc/systemd/system usr/lib/systemd/system usr/bin opt var/lib srv
printf 'passwd: files systemd\\n' >etc/nsswitch.conf
for name in sysinit basic shutdown timers network-online postgresql; do
  printf '[Unit]\\nDescription=%s\\n' "$name" >"usr/lib/systemd/system/$name.target"
done
`;

export function createWorkshop(): Workshop {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hotlookup-images-')));
  chmodSync(folder, 0o777);
  const path = (name: string) => join(folder, name);
  const shell: Workshop['shell'] = (script, environment = {}) => {
    const { status, stdout, stderr, error } = spawnSync('sh', ['-ec', script], {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', ...environment },
    });
    if (error) throw error;
    return { status, stdout, stderr };
  };
  let specs = 0;
  return {
    folder,
    path,
    shell,
    image(name, fill = '') {
      const made = path(name);
      const { status, stderr } = shell(
        `mkdir -p -m 755 '${made}'; cd '${made}'; ${SKELETON}${fill}\nfind . -exec touch -h -d @1000000000 {} +`,
      );
      if (status !== 0) throw new Error(stderr);
      return made;
    },
    hotlookup(verb, spec = {}) {
      specs += 1;
      const file = path(`spec-${specs}.yaml`);
      writeFileSync(file, stringify(spec));
      return `'${process.execPath}' '${CLI}' ${verb}${verb === 'install' ? ` --spec '${file}'` : ''}`;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
