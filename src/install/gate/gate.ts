import type { Spec } from '../../spec/schema.ts';
import type { World } from '../../world.ts';
import type { Desired } from '../desired.ts';
import type { HostPort } from '../host.ts';
import type { GateReport } from './report.ts';

/**
 * Judges the artifacts and the host before anything is written. Writes nothing on the target and runs nothing inside an
 * image; the artifacts are staged in a temporary folder, which is removed again.
 */
export async function gate(_desired: Desired, _spec: Spec, _port: HostPort, _world: World): Promise<GateReport> {
  throw new Error('not written yet');
}
