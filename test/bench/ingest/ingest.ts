import { DEFAULT_PARTITION_SET } from '../../../src/spec/partition-set.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
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

/** 64 clients on 500 partitions, beside a reader that stays for a minute. */
const CROWD: Setting = { clients: 64, perSecond: 5_000, lead: 2_000, reader: 60_000, tail: 2_000 };
const QUICK_CROWD: Setting = { ...CROWD, perSecond: 500, lead: 300, reader: 2_000, tail: 300 };
const CROWD_PARTITIONS = 500;

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
    bench.signal.throwIfAborted();
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

/** The same for a crowd of clients and many partitions, without maintenance and with ours. */
export async function crowd(bench: Bench): Promise<Section[]> {
  const { retention } = DEFAULT_PARTITION_SET;
  const tree = await writeTree({
    partitionSets: [{ ...DEFAULT_PARTITION_SET, retention: { ...retention, strategy: 'concurrent' } }],
  });
  try {
    bench.say('crowd: fill the tables');
    const template = await makeOurTemplate(bench.server, bench.quick ? 20 : CROWD_PARTITIONS);
    const setting = bench.quick ? QUICK_CROWD : CROWD;
    const outcomes = await inTurns(bench, [none(template), scripts('concurrent', template, tree)], setting, 3);
    return [ingestSection(outcomes, setting, 'Inserts of a crowd during maintenance')];
  } finally {
    await tree.dispose();
  }
}

/** Every variant once in each round, each round begun by another one, so that none always comes first. */
async function inTurns(
  { quick, signal, say }: Bench,
  variants: readonly Variant[],
  setting: Setting,
  usualRounds = 5,
): Promise<Outcome[]> {
  const entries = variants.map((variant) => ({ variant, runs: [] as Figures[], failures: [] as string[] }));
  const rounds = quick ? 1 : usualRounds;
  for (let round = 0; round < rounds; round += 1)
    for (const { variant, runs, failures } of [...entries.slice(round), ...entries.slice(0, round)]) {
      const what = `ingest, round ${round + 1}/${rounds}, ${variant.name}`;
      try {
        const figures = await runOnce(variant, setting, signal);
        runs.push(figures);
        say(`${what}: worst ${milliseconds(figures.worst)}, p99.9 ${milliseconds(figures.p999)}`);
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        failures.push(message);
        say(`${what}: failed: ${message}`);
      }
    }
  return entries.map(({ variant: { name, what }, runs, failures }) => ({ name, what, runs, failures }));
}
