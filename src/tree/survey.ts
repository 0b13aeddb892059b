import { AppError } from '../errors.ts';
import type { Artifact } from '../render/artifact.ts';
import { MANIFEST_PATH } from '../render/manifest.ts';
import type { Files } from '../world.ts';
import { compareTree, type Finding } from './compare.ts';
import { type ManifestEntry, readManifest } from './manifest.ts';
import { observeTree } from './observe.ts';

/**
 * Looks at an output folder, which may not exist yet, and compares it with what the spec renders. Changes nothing.
 * A damaged manifest is an error, unless `onDamage` takes it: then no file counts as rendered earlier.
 */
export function surveyTree(
  files: Files,
  root: string,
  artifacts: readonly Artifact[],
  onDamage?: (error: AppError) => void,
): Finding[] {
  const manifestFile = `${root}/${MANIFEST_PATH}`;
  // A manifest behind a link is not read: the link is in the way and is refused as such.
  const text = files.status(manifestFile)?.type === 'file' ? files.read(manifestFile)?.toString('utf8') : undefined;
  const manifest = text === undefined ? [] : readEntries(text, manifestFile, onDamage);
  const paths = new Set([...artifacts, ...manifest].map(({ path }) => path));
  return compareTree(artifacts, observeTree(files, root, paths), manifest);
}

function readEntries(text: string, file: string, onDamage?: (error: AppError) => void): ManifestEntry[] {
  try {
    return readManifest(text, file) ?? [];
  } catch (error) {
    if (!(onDamage && error instanceof AppError)) throw error;
    onDamage(error);
    return [];
  }
}
