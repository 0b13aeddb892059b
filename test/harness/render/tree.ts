import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Artifact } from '../../../src/render/artifact.ts';
import { render } from '../../../src/render/render.ts';
import { type RawSpec, type Spec, specSchema } from '../../../src/spec/schema.ts';
import { makeTemporary } from '../runner/temporary.ts';

export type Tree = {
  /** The output folder, as `hotlookup render --out` would write it. */
  readonly folder: string;
  /** Path of one of its scripts, such as `scanner-artifact-boms-retention.sh`. */
  script(name: string): string;
  dispose(): Promise<void>;
};

/** The helper's bundle as the build made it. */
export const builtRuntime = (): string =>
  readFileSync(new URL('../../../dist/hotlookup-runtime.cjs', import.meta.url), 'utf8');

export type TreeOptions = {
  /** Contents in place of the built helper's. */
  readonly runtime?: string;
  /** Folder that the tree's own folder is made in. */
  readonly parent?: string;
  /** Values put in after validation: a test's folders lie below /tmp, which the schema refuses. */
  readonly places?: Partial<Pick<Spec, 'scriptsDir' | 'node' | 'envFile' | 'metrics'>>;
};

/** Renders a spec (the default one with what is given in its place) into a temporary folder, with each file's own mode. */
export async function writeTree(overrides: RawSpec = {}, options: TreeOptions = {}): Promise<Tree> {
  const { runtime = builtRuntime(), parent, places = {} } = options;
  const artifacts = render({ ...specSchema.parse(overrides), ...places }, runtime);
  const folder = realpathSync(makeTemporary('tree', parent));
  for (const artifact of artifacts) writeArtifact(folder, artifact);
  return {
    folder,
    script: (name) => join(folder, 'devops/scripts', name),
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

function writeArtifact(folder: string, { path, mode, contents }: Artifact): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
  chmodSync(file, Number.parseInt(mode, 8));
}
