import { type BuildOptions, build } from 'esbuild';
import { type BundledPackage, nameModules, packagesOf } from './packages.ts';

export type Bundle = {
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
  /** Those whose code is in the bundle, by name. */
  readonly packages: readonly BundledPackage[];
};

/**
 * Bundles for Node, in memory. Nothing is minified: reviewers read what is shipped, and a stack trace names what the source names,
 * but for names that two modules have, which esbuild tells apart by a number.
 */
export async function bundle(root: string, options: BuildOptions): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    charset: 'utf8',
    metafile: true,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  if (!metafile || !outputFiles) throw new Error('esbuild returned no metafile or no files');
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const modules = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const packages = packagesOf(root, modules);
  return {
    outputs: outputFiles.map(({ path, text }) => ({ path, text: nameModules(text, packages) })),
    packages: [...new Set(packages.values())].sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}
