import type { Artifact } from '../render/artifact.ts';
import { MARKER } from '../render/marker.ts';
import { sha256 } from '../render/sha256.ts';
import type { ManifestEntry } from './manifest.ts';
import { type Found, foldersOf, type ObservedTree } from './observe.ts';

type FoundFile = Extract<Found, { type: 'file' }>;

/** A file in an artifact's place that is not as rendered. */
export type Deviation = {
  /** `changed`: a generated file with other contents. `mode`: with other permission bits only. `taken`: not a generated file. */
  readonly state: 'changed' | 'mode' | 'taken';
  readonly path: string;
  readonly artifact: Artifact;
  readonly found: FoundFile;
};

/** How one path of an output folder stands to what the spec renders. `write`, `check` and their reports all read these. */
export type Finding =
  | Deviation
  /** `missing` is rendered and not there. */
  | { readonly state: 'unchanged' | 'missing'; readonly path: string; readonly artifact: Artifact }
  /** Something that is no file, or a parent that is no folder, stands where an artifact belongs. */
  | { readonly state: 'blocked'; readonly path: string; readonly by: string; readonly type: Found['type'] }
  /** Rendered earlier, not any more. `kept`: changed since by somebody else, or no file any more. */
  | { readonly state: 'stale' | 'kept'; readonly path: string }
  /** Neither rendered nor rendered earlier. */
  | { readonly state: 'foreign'; readonly path: string };

const THING = { file: 'a file', directory: 'a folder', link: 'a symbolic link', other: 'neither a file nor a folder' };

/** What stands where an artifact belongs, in words. */
export const obstacleWords = ({ path, by, type }: Extract<Finding, { state: 'blocked' }>): string =>
  by === path ? THING[type] : `${by} is ${THING[type]}`;

/** The permission bits of an artifact, such as 0o755. */
export const modeOf = (artifact: Artifact): number => Number.parseInt(artifact.mode, 8);

/** Whether git would see that the modes differ: it knows executable or not. */
export const executableDiffers = ({ artifact, found }: Deviation): boolean =>
  ((modeOf(artifact) ^ found.mode) & 0o100) !== 0;

function compareArtifact(artifact: Artifact, tree: ObservedTree, listed: ReadonlyMap<string, string>): Finding {
  const { path } = artifact;
  for (const by of [...foldersOf(path), path]) {
    const obstacle = tree.at.get(by);
    if (obstacle && (by !== path || obstacle.type !== 'file'))
      return { state: 'blocked', path, by, type: obstacle.type };
  }
  const found = tree.at.get(path);
  if (found?.type !== 'file') return { state: 'missing', path, artifact };
  if (found.contents.equals(Buffer.from(artifact.contents)))
    return (found.mode & 0o777) === modeOf(artifact)
      ? { state: 'unchanged', path, artifact }
      : { state: 'mode', path, artifact, found };
  const ours = listed.has(path) || found.contents.includes(MARKER);
  return { state: ours ? 'changed' : 'taken', path, artifact, found };
}

function compareFormer(path: string, digest: string, tree: ObservedTree): Finding[] {
  const found = tree.at.get(path);
  if (!found) return [];
  const asGenerated = found.type === 'file' && sha256(found.contents) === digest;
  return [{ state: asGenerated ? 'stale' : 'kept', path }];
}

/** Compares what the spec renders, what the folder holds and what the folder's manifest says was rendered earlier. Sorted by path. */
export function compareTree(
  artifacts: readonly Artifact[],
  tree: ObservedTree,
  manifest: readonly ManifestEntry[],
): Finding[] {
  const listed = new Map(manifest.map(({ path, sha256 }) => [path, sha256]));
  const rendered = new Set(artifacts.map(({ path }) => path));
  const findings: Finding[] = [
    ...artifacts.map((artifact) => compareArtifact(artifact, tree, listed)),
    ...[...listed].flatMap(([path, digest]) => (rendered.has(path) ? [] : compareFormer(path, digest, tree))),
    ...tree.foreign.map((path) => ({ state: 'foreign' as const, path })),
  ];
  return findings.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
