import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package whose code a bundle contains; its folder is relative to the project's, or absolute. */
export type BundledPackage = { readonly name: string; readonly version: string; readonly folder: string };

/** The innermost folder of a package that a path lies in. */
const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The packages that modules lie in, by the path of each module; of a module outside all packages there is none. */
export function packagesOf(root: string, modules: readonly string[]): Map<string, BundledPackage> {
  const byFolder = new Map<string, BundledPackage>();
  const found = new Map<string, BundledPackage>();
  for (const path of modules) {
    const folder = PACKAGE_FOLDER.exec(path)?.[0];
    if (folder === undefined) continue;
    const known = byFolder.get(folder) ?? readPackage(root, folder);
    byFolder.set(folder, known);
    found.set(path, known);
  }
  return found;
}

function readPackage(root: string, folder: string): BundledPackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return { name: manifest.name, version: manifest.version, folder: join(root, folder) };
}

/** Where esbuild names a module: in a comment above it, and as the name of the function that it is wrapped in. */
const MODULE_NAME = /(?<=^\/\/ |^ *")[^\s"]+(?=$|"\()/gm;

/**
 * Names each module of a package `NAME VERSION:PATH`, in comments and in stack traces. A reader learns what it is, and the text is the
 * same wherever `node_modules` lies.
 */
export function nameModules(code: string, packages: ReadonlyMap<string, BundledPackage>): string {
  return code.replace(MODULE_NAME, (path) => {
    const { name, version } = packages.get(path) ?? {};
    const inside = path.replace(PACKAGE_FOLDER, '').slice(1);
    return name === undefined ? path : `${name} ${version}:${inside}`;
  });
}
