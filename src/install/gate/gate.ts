import type { Spec } from '../../spec/schema.ts';
import type { Processes, World } from '../../world.ts';
import type { Desired } from '../desired/desired.ts';
import type { HostPort } from '../host/host.ts';
import { checkMetrics } from './metrics.ts';
import { checkPrograms } from './node.ts';
import { checkPlaces } from './places.ts';
import { type GateReport, together } from './report.ts';
import { checkScripts } from './scripts.ts';
import { checkSharedMemory } from './shared-memory.ts';
import { withStage } from './stage.ts';
import type { Subject } from './subject.ts';
import { checkImageSystemd, checkWithSystemd } from './systemd.ts';
import { checkUser } from './users.ts';
import { checkUnitNames } from './verification.ts';

/**
 * Judges the artifacts and the host before anything is written. Writes nothing on the target and runs nothing inside an
 * image; the artifacts are staged in a temporary folder, which is removed again. An AppError (exit code 130 or 143) if a
 * signal ends it.
 */
export async function gate(desired: Desired, spec: Spec, port: HostPort, world: World): Promise<GateReport> {
  return world.interruptible((signal) =>
    withStage(desired, world.files, async (stage) => {
      const report = await check({
        desired,
        spec,
        port,
        world: { ...world, processes: until(signal, world.processes) },
        stage,
        isLive: port.systemd !== undefined,
      });
      signal.throwIfAborted();
      return report;
    }),
  );
}

/** Programs that end when the signal comes. */
const until = (signal: AbortSignal, { run }: Processes): Processes => ({
  run: (program, args, options) => run(program, args, { ...options, signal }),
});

async function check(subject: Subject): Promise<GateReport> {
  // Programs run beside each other; what is only read comes in their shadow.
  const running = [checkScripts(subject), checkWithSystemd(subject), checkPrograms(subject), checkUser(subject)];
  const read = [
    checkPlaces(subject),
    checkUnitNames(subject),
    checkImageSystemd(subject),
    checkSharedMemory(subject),
    checkMetrics(subject),
  ];
  return together([...read, ...(await Promise.all(running))]);
}
