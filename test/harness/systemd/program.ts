import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { RawSpec } from '../../../src/spec/schema.ts';
import type { Host } from './host.ts';
import type { Ran, RunOptions } from './namespaces.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const SPEC = '/etc/hotlookup.yaml';

/** The program on a host, as npm installs it from the packed tarball: nothing is built there. */
export type Program = {
  /** Runs `hotlookup` with these arguments; the verbs that take a spec get the one that was last given to `use`. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, but anything but exit code 0 is an error; gives stdout and stderr. */
  succeed(...args: string[]): Promise<string>;
  /** Makes another spec the one that is installed; without one, it is the default. */
  use(spec: RawSpec): void;
};

export async function installProgram(host: Host): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'hotlookup-pack-'));
  try {
    await execa('npm', ['pack', '--ignore-scripts', '--silent', `--pack-destination=${folder}`], { cwd: project });
    await execa('cp', ['-R', `${folder}/.`, host.path('/tmp')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await host.succeed([
    'sh',
    '-c',
    'npm install --global --offline --ignore-scripts --silent --cache=/tmp/npm /tmp/hotlookup-*.tgz',
  ]);
  const takesSpec = ([verb]: readonly string[]) => verb === 'install' || verb === 'diff';
  const withSpec = (args: readonly string[]) => ['hotlookup', ...args, ...(takesSpec(args) ? ['--spec', SPEC] : [])];
  const use: Program['use'] = (spec) => host.write(SPEC, stringify(spec));
  use({});
  return {
    run: (args, options) => host.run(withSpec(args), options),
    async succeed(...args) {
      const { exitCode, stdout, stderr } = await host.run(withSpec(args));
      if (exitCode !== 0) throw new Error(`hotlookup ${args.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
      return `${stdout}\n${stderr}`;
    },
    use,
  };
}
