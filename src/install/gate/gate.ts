import type { Spec } from '../../spec/schema.ts';
import type { World } from '../../world.ts';
import type { Desired } from '../desired.ts';
import type { HostPort } from '../host.ts';
import { checkPrograms } from './node.ts';
import { checkPlaces } from './places.ts';
import { type GateReport, together } from './report.ts';
import { checkScripts } from './scripts.ts';
import { checkSharedMemory } from './shared-memory.ts';
import { withStage } from './stage.ts';
import { checkImageSystemd, checkWithSystemd } from './systemd.ts';
import { checkUser } from './users.ts';
import { checkUnitNames } from './verification.ts';

/**
 * Judges the artifacts and the host before anything is written. Writes nothing on the target and runs nothing inside an
 * image; the artifacts are staged in a temporary folder, which is removed again.
 */
export async function gate(desired: Desired, spec: Spec, port: HostPort, world: World): Promise<GateReport> {
  return withStage(desired, world.files, async (stage) => {
    const subject = { desired, spec, port, world, stage, isLive: port.systemd !== undefined };
    // Programs run beside each other; what is only read comes in their shadow.
    const running = [checkScripts(subject), checkWithSystemd(subject), checkPrograms(subject), checkUser(subject)];
    const read = [
      checkPlaces(subject),
      checkUnitNames(subject),
      checkImageSystemd(subject),
      checkSharedMemory(subject),
    ];
    return together([...read, ...(await Promise.all(running))]);
  });
}
