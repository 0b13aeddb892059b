import { DEFAULT_PARTITION_SET } from '../../../src/spec/partition-set.ts';
import { type Tree, writeTree } from '../../support/tree.ts';
import type { Bench } from '../bench.ts';
import { milliseconds, type Section } from '../section.ts';
import type { Figures, Outcome } from './figures.ts';
import { ingestSection } from './ingest-section.ts';
import { partmanVersion } from './partman-version.ts';
import { runOnce, type Setting } from './run.ts';
import { makeOurTemplate, makePartmanTemplate } from './templates.ts';
import { none, partman, plain, scripts, type Variant } from './variants.ts';

const USUAL: Setting = { clients: 4, perSecond: 400, lead: 1_000, reader: 6_000, tail: 1_000 };
const QUICK: Setting = { ...USUAL, lead: 300, reader: 1_500, tail: 300 };

/** How long inserts take while the table is maintained and somebody reads it for long; each way beside the others. */
export async function ingest(bench: Bench): Promise<Section[]> {
  const trees: Tree[] = [];
  const treeWith = async (strategy: 'function' | 'concurrent') => {
    const { retention } = DEFAULT_PARTITION_SET;
    const tree = await writeTree({
      partitionSets: [{ ...DEFAULT_PARTITION_SET, retention: { ...retention, strategy } }],
    });
    trees.push(tree);
    return tree;
  };
  try {
    bench.say('ingest: fill the tables');
    const ours = await makeOurTemplate(bench.server);
    const version = await partmanVersion(ours);
    const variants = [
      none(ours),
      ...('skipped' in version ? [] : [partman(await makePartmanTemplate(bench.server), version.version)]),
      plain(ours),
      scripts('function', ours, await treeWith('function')),
      scripts('concurrent', ours, await treeWith('concurrent')),
    ];
    const setting = bench.quick ? QUICK : USUAL;
    const outcomes = await inTurns(bench, variants, setting);
    return [ingestSection('skipped' in version ? [...outcomes, version] : outcomes, setting)];
  } finally {
    for (const tree of trees) await tree.dispose();
  }
}

/** Every variant once in each round, each round begun by another one, so that no variant always comes first or after the same. */
async function inTurns({ quick, signal, say }: Bench, variants: readonly Variant[], setting: Setting) {
  const rounds = quick ? 1 : 5;
  const outcomes = variants.map(({ name, what }) => ({
    name,
    what,
    runs: [] as Figures[],
    failures: [] as string[],
  }));
  for (let round = 0; round < rounds; round += 1)
    for (let turn = 0; turn < variants.length; turn += 1) {
      const index = (turn + round) % variants.length;
      const [variant, outcome] = [variants[index], outcomes[index]];
      if (!variant || !outcome) throw new Error(`there is no variant ${index}`);
      const place = `ingest ${round * variants.length + turn + 1}/${rounds * variants.length}, ${variant.name}`;
      try {
        const figures = await runOnce(variant, setting, signal);
        outcome.runs.push(figures);
        say(`${place}: worst ${milliseconds(figures.worst)}, p99.9 ${milliseconds(figures.p999)}`);
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        outcome.failures.push(message);
        say(`${place}: failed: ${message}`);
      }
    }
  return outcomes satisfies Outcome[];
}
