import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BARE_NODE, compare } from '../measure.ts';
import type { Result } from './targets.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));

const LARGE_SPEC_SETS = 100;

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
  const bare = { beside: 'bare node', peer: times.bare };
  return [
    { what: '`hotlookup --version`', measured: times.version, ...bare, most: 1.5 },
    { what: '`hotlookup render`, fresh folder', measured: times.fresh, ...bare, most: 5 },
    { what: '`hotlookup render`, nothing to do', measured: times.same, ...bare, most: 5 },
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

/** Rendering of many partition sets, against that of the default tree and a copy of the many sets' files. */
export async function largeRender(folder: string, rounds: number, signal: AbortSignal): Promise<Result> {
  const home = join(folder, 'large');
  mkdirSync(home);
  const spec = join(home, 'hotlookup.yaml');
  writeFileSync(spec, largeSpec());
  const [tree, rendered, copied] = [join(home, 'tree'), join(home, 'rendered'), join(home, 'copied')];
  const without = (path: string) => () => rmSync(path, { recursive: true, force: true });
  const render = (out: string) => hotlookup('render', '--spec', spec, '--out', out);
  const usual = join(home, 'usual');
  await compare({ tree: { command: render(tree) } }, 0, signal);
  const times = await compare(
    {
      render: { command: render(rendered), prepare: without(rendered) },
      usual: { command: hotlookup('render', '--out', usual), prepare: without(usual) },
      copy: { command: ['cp', '-r', tree, copied], prepare: without(copied) },
    },
    rounds,
    signal,
  );
  return {
    what: `\`hotlookup render\`, ${LARGE_SPEC_SETS} partition sets`,
    beside: '`render` of the default tree and `cp -r` of the sets’ tree',
    measured: times.render,
    peer: times.usual + times.copy,
    most: 1.5,
  };
}
