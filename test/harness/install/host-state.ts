import { readFileSync } from 'node:fs';
import type { HostFolder } from './host-folder.ts';
import { type Listed, listTree } from './listing.ts';

export type HostState = { readonly tree: Record<string, Listed>; readonly units: unknown };

/** All of a host in a folder that an install can change. */
export const stateOf = ({ root, memory }: HostFolder): HostState => ({
  tree: listTree(root),
  units: memory === undefined ? undefined : JSON.parse(readFileSync(memory, 'utf8')),
});

/** A state in which it does not matter when files were written. */
export const timeless = ({ tree, units }: HostState) => ({
  tree: Object.fromEntries(Object.entries(tree).map(([path, { modified: _, ...listed }]) => [path, listed])),
  units,
});

/** The manifest has a third state between its first and its last, and a stamp is taken away to be made anew. */
const OTHERS = /^\/var\/lib\/(?:hotlookup\/[^/]+\.json|systemd\/timers\/.*)$/;

/** Paths that are neither as they were nor as they are to be: half-written files, and those that both have and are not there. */
export function brokenPaths(now: HostState, before: HostState, after: HostState): string[] {
  const describe = ({ tree }: HostState, path: string) => {
    const { modified: _, ...listed } = tree[path] ?? {};
    return JSON.stringify(listed);
  };
  const paths = new Set([...Object.keys(before.tree), ...Object.keys(after.tree)]);
  return [...paths].filter(
    (path) => ![describe(before, path), describe(after, path)].includes(describe(now, path)) && !OTHERS.test(path),
  );
}
