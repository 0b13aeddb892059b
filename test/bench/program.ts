import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, type Subject } from './measure.ts';
import type { Result } from './targets.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
export const BARE_NODE: Subject = { command: [process.execPath, '-e', '0'] };

const ROUNDS = 41;
const LARGE_ROUNDS = 5;
const LARGE_SPEC_SETS = 1_000;

const hotlookup = (...args: string[]): [string, ...string[]] => [process.execPath, PROGRAM, ...args];

/** Start-up of the program and rendering of the default spec, against a node that does nothing. */
export function startUp(folder: string): Result[] {
  const fresh = join(folder, 'fresh');
  const same = join(folder, 'same');
  const times = compare(
    {
      bare: BARE_NODE,
      version: { command: hotlookup('--version') },
      fresh: {
        command: hotlookup('render', '--out', fresh),
        prepare: () => rmSync(fresh, { recursive: true, force: true }),
      },
      same: { command: hotlookup('render', '--out', same) },
    },
    ROUNDS,
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
export function largeRender(folder: string): Result {
  const home = join(folder, 'large');
  mkdirSync(home);
  const spec = join(home, 'hotlookup.yaml');
  writeFileSync(spec, largeSpec());
  const [tree, rendered, copied] = [join(home, 'tree'), join(home, 'rendered'), join(home, 'copied')];
  const without = (path: string) => () => rmSync(path, { recursive: true, force: true });
  const render = (out: string) => hotlookup('render', '--spec', spec, '--out', out);
  compare({ tree: { command: render(tree) } }, 0);
  const times = compare(
    {
      render: { command: render(rendered), prepare: without(rendered) },
      copy: { command: ['cp', '-r', tree, copied], prepare: without(copied) },
    },
    LARGE_ROUNDS,
  );
  return {
    what: '`hotlookup render`, 1,000 partition sets',
    measured: times.render,
    allowed: 3 * times.copy,
    target: '3 × `cp -r` of the same tree',
  };
}
