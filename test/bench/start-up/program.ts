import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BARE_NODE, compare } from '../measure.ts';
import type { Result } from './targets.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));

const LARGE_SPEC_SETS = 1_000;

const hotlookup = (...args: string[]): [string, ...string[]] => [process.execPath, PROGRAM, ...args];

/** Start-up of the program and rendering of the default spec, against a node that does nothing. */
export async function program(folder: string, rounds: number, signal: AbortSignal): Promise<Result[]> {
  const fresh = join(folder, 'fresh');
  const same = join(folder, 'same');
  const times = await compare(
    {
      bare: BARE_NODE,
      version: { command: hotlookup('--version') },
      fresh: {
        command: hotlookup('render', '--out', fresh),
        prepare: () => rmSync(fresh, { recursive: true, force: true }),
      },
      same: { command: hotlookup('render', '--out', same) },
    },
    rounds,
    signal,
  );
  const render = { allowed: times.bare + 50, target: 'bare node + 50 ms' };
  return [
    { what: '`hotlookup --version`', measured: times.version, allowed: 1.3 * times.bare, target: '1.3 × bare node' },
    { what: '`hotlookup render`, fresh folder', measured: times.fresh, ...render },
    { what: '`hotlookup render`, nothing to do', measured: times.same, ...render },
  ];
}

function largeSpec(): string {
  const sets = Array.from({ length: LARGE_SPEC_SETS }, (_, index) => {
    const name = `set-${index}`;
    return `  - name: ${name}
    table: app.table_${index}
    ensure: { function: app.ensure_${index} }
    retention: { function: app.drop_${index} }
`;
  });
  return `partitionSets:\n${sets.join('')}`;
}

/** Rendering of a thousand partition sets, against a copy of the same files. */
export async function largeRender(folder: string, rounds: number, signal: AbortSignal): Promise<Result> {
  const home = join(folder, 'large');
  mkdirSync(home);
  const spec = join(home, 'hotlookup.yaml');
  writeFileSync(spec, largeSpec());
  const [tree, rendered, copied] = [join(home, 'tree'), join(home, 'rendered'), join(home, 'copied')];
  const without = (path: string) => () => rmSync(path, { recursive: true, force: true });
  const render = (out: string) => hotlookup('render', '--spec', spec, '--out', out);
  await compare({ tree: { command: render(tree) } }, 0, signal);
  const times = await compare(
    {
      render: { command: render(rendered), prepare: without(rendered) },
      copy: { command: ['cp', '-r', tree, copied], prepare: without(copied) },
    },
    rounds,
    signal,
  );
  return {
    what: '`hotlookup render`, 1,000 partition sets',
    measured: times.render,
    allowed: 3 * times.copy,
    target: '3 × `cp -r` of the same tree',
  };
}
