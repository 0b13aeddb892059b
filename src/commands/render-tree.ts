import { join } from 'node:path';
import type { Artifact } from '../render/artifact.ts';
import { render } from '../render/render.ts';
import type { Spec } from '../spec/schema.ts';
import type { World } from '../world.ts';

const RUNTIME = 'hotlookup-runtime.cjs';

/** Renders a spec with the helper's bundle that lies beside the program. */
export function renderTree({ files, distribution }: World, spec: Spec): Artifact[] {
  const file = join(distribution, RUNTIME);
  const runtime = files.read(file);
  if (!runtime) throw new Error(`this installation of hotlookup is incomplete: there is no ${file}`);
  return render(spec, runtime.toString('utf8'));
}
