import { AppError } from '../errors.ts';
import type { Spec } from '../spec/schema.ts';
import type { Artifact } from './artifact.ts';
import { fillIn } from './engine.ts';
import { manifest } from './manifest.ts';
import { pages } from './pages.ts';

const runtimeArtifact = ({ scriptsDir }: Spec, runtime: string): Artifact => ({
  path: 'devops/scripts/lib/hotlookup-runtime.cjs',
  mode: '0644',
  contents: runtime,
  purpose: 'The helper that the scripts run; Node 18 or newer is all it needs',
  installed: { path: `${scriptsDir}/lib/hotlookup-runtime.cjs`, mode: '0644' },
});

/** A set named `a-ensure` and the ensure script of a set named `a` want the same file. */
function refuseCollisions(places: readonly string[]): void {
  const seen = new Set<string>();
  for (const place of places) {
    if (seen.has(place))
      throw new AppError('configuration', `two generated files would have the path ${place}`, {
        advice: 'Rename one of the partition sets, or move one of the files, in the spec.',
      });
    seen.add(place);
  }
}

const byPath = (a: Artifact, b: Artifact) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0);

/**
 * All files that the spec asks for, sorted by path, MANIFEST.json among them; `runtime` is the text of the helper's bundle.
 * The same spec gives the same bytes everywhere. Throws an AppError (exit code 3) where a value of the spec cannot be
 * written in a file's language or two files would have the same path.
 */
export function render(spec: Spec, runtime: string): Artifact[] {
  const filled = pages(spec).map(
    ({ template, view, ...page }): Artifact => ({ ...page, contents: fillIn(template, view) }),
  );
  const artifacts = [runtimeArtifact(spec, runtime), ...filled].sort(byPath);
  refuseCollisions(artifacts.map(({ path }) => path));
  refuseCollisions(artifacts.flatMap(({ installed }) => (installed ? [installed.path] : [])));
  return [...artifacts, manifest(artifacts)].sort(byPath);
}
