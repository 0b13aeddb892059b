import { join } from 'node:path';
import defaultSpec from '#prepared/default-spec.js';
import { type DemoEvent, type DemoResult, play, type Run, type Stage } from '../demo/play.ts';
import { tellEvent, tellResult } from '../demo/story.ts';
import { EXIT, type ExitCode } from '../errors.ts';
import { render } from '../render/render.ts';
import { surveyTree } from '../tree/survey.ts';
import { writeTree } from '../tree/write.ts';
import type { World } from '../world.ts';
import { defineCommand } from './command.ts';

/** Renders the default spec to a temporary folder, plays the demo there and, however it ends, removes the folder. */
export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'Show the generated scripts at work on a PostgreSQL inside this process; needs bash, leaves nothing behind',
  options: {
    json: { type: 'boolean', default: false, description: 'Print what happened as one JSON document' },
    keep: { type: 'boolean', default: false, description: 'Keep the rendered tree and say where it is' },
  },
  run: ({ json, keep }, world) => {
    const { files, terminal } = world;
    return world.interruptible(async (signal) => {
      const folder = files.makeTemporaryDirectory('hotlookup-demo-');
      const tell = (event: DemoEvent) => json || terminal.out(tellEvent(event, terminal.color));
      try {
        const result = await play(world, renderStage(world, folder, tell), signal, tell);
        terminal.out(json ? `${JSON.stringify(result, undefined, 2)}\n` : tellResult(result, terminal.color));
        return concludeWith(result, world);
      } finally {
        if (keep) terminal.err(`The rendered tree is in ${folder}\n`);
        else files.removeTree(folder);
      }
    });
  },
});

function renderStage({ files, distribution }: World, folder: string, tell: (event: DemoEvent) => void): Stage {
  const runtime = files.read(join(distribution, 'hotlookup-runtime.cjs'));
  const [set] = defaultSpec.partitionSets;
  if (!runtime || !set) throw new Error('the build lacks the runtime helper or the default spec');
  const artifacts = render(defaultSpec, runtime.toString());
  writeTree(files, folder, surveyTree(files, folder, artifacts));
  const paths = artifacts.map(({ path }) => path);
  tell({ kind: 'rendered', folder, paths });
  const pathOf = (ending: string) => {
    const path = paths.find((one) => one.endsWith(ending));
    if (path === undefined) throw new Error(`the default spec renders no file that ends in ${ending}`);
    return path;
  };
  return {
    folder,
    table: set.table,
    migration: pathOf('/Migrations/025_artifact_boms_hot_lookup.sql'),
    ensure: pathOf(`/${set.name}-ensure-partitions.sh`),
    retention: pathOf(`/${set.name}-retention.sh`),
  };
}

/** The exit code of the run that failed, if one did. */
function concludeWith({ runs }: DemoResult, { terminal }: World): ExitCode {
  const failed = runs.find(({ exitCode }) => exitCode !== 0);
  if (!failed) return EXIT.done;
  terminal.err(`hotlookup: the demo stopped: ${failed.command} ended with exit code ${failed.exitCode}\n`);
  return known(failed);
}

function known({ exitCode }: Run): ExitCode {
  return Object.values(EXIT).find((code) => code === exitCode) ?? EXIT.internal;
}
