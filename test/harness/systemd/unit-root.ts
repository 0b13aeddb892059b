import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';
import { makeTemporary } from '../runner/temporary.ts';

const UNITS = 'etc/systemd/system';
/** Units that every host has and that systemd pulls in or ours name. */
const STUBS = ['sysinit', 'basic', 'shutdown', 'timers', 'network-online'].map((name) => `${name}.target`);

/** A folder for `systemd-analyze --root`: a spec's installed files, and stubs of the units that a host has. */
export type UnitRoot = {
  readonly names: readonly string[];
  /** Changes the text of a unit. */
  rewrite(name: string, contents: string): void;
  contents(name: string): string;
  analyze(...args: string[]): Promise<{ exitCode: number | undefined; output: string }>;
  dispose(): void;
};

export function createUnitRoot(overrides: RawSpec = {}): UnitRoot {
  const root = makeTemporary('root');
  const put = (path: string, contents: string, mode = '0644') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), contents);
    chmodSync(join(root, path), Number.parseInt(mode, 8));
  };
  for (const name of STUBS) put(join(UNITS, name), '[Unit]\nDescription=stub\n');
  put(join(UNITS, 'alert@.service'), '[Service]\nType=oneshot\nExecStart=/bin/true\n');
  put('bin/true', '', '0755');

  const units = new Map<string, string>();
  for (const { path, contents, installed } of render(specSchema.parse(overrides), '')) {
    if (installed) put(installed.path, contents, installed.mode);
    if (/\.(service|timer)$/.test(path)) units.set(path.slice(path.lastIndexOf('/') + 1), contents);
  }
  return {
    names: [...units.keys()],
    rewrite: (name, contents) => put(join(UNITS, name), contents),
    contents: (name) => units.get(name) ?? unknown(name, join(root, UNITS)),
    async analyze(...args) {
      const { exitCode, all } = await execa('systemd-analyze', ['--no-pager', `--root=${root}`, ...args], {
        all: true,
        reject: false,
      });
      return { exitCode, output: all };
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

function unknown(name: string, folder: string): never {
  throw new Error(`no unit ${name} in ${readdirSync(folder).join(' ')}`);
}
