import spec from '#prepared/default-spec.js';
import type { Stage } from '../demo/play.ts';
import { surveyTree } from '../tree/survey.ts';
import { writeTree } from '../tree/write.ts';
import type { World } from '../world.ts';
import { renderTree } from './render-tree.ts';

/** Renders the built-in spec to a folder, as `render` does, and finds there what the demo needs. */
export function prepareStage(world: World, folder: string): Stage {
  const [set] = spec.partitionSets;
  if (!set) throw new Error('the built-in spec has no partition set');
  const artifacts = renderTree(world, spec);
  writeTree(world.files, folder, surveyTree(world.files, folder, artifacts));
  const paths = artifacts.map(({ path }) => path);
  const pathOf = (ending: string) => {
    const path = paths.find((one) => one.endsWith(ending));
    if (path === undefined) throw new Error(`the built-in spec renders no file that ends in ${ending}`);
    return path;
  };
  return {
    folder,
    paths,
    table: set.table,
    migration: pathOf('/Migrations/025_artifact_boms_hot_lookup.sql'),
    ensure: pathOf(`/${set.name}-ensure-partitions.sh`),
    retention: pathOf(`/${set.name}-retention.sh`),
  };
}
