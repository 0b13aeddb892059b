import { AppError } from '../errors.ts';
import { messageOf } from '../install/apply/message.ts';
import type { FailedJob } from '../install/apply/outcome.ts';
import { readLastLines } from '../install/status/journal.ts';
import { readSystemdRecord } from '../install/status/systemd.ts';
import { printable } from '../report/printable.ts';
import { resultText } from '../report/status/problems.ts';
import type { World } from '../world.ts';

/** Shows the last lines of jobs that failed in an installation that stands, and gives the error (exit code 1) that says so. */
export async function jobsFailed(jobs: readonly FailedJob[], world: World): Promise<AppError> {
  const told: string[] = [];
  for (const job of jobs) {
    const { name, how } = await howItEnded(job, world);
    // Without journalctl, that the job failed is still what counts.
    const lines = await readLastLines(world.processes, name).catch((error) => [messageOf(error)]);
    world.terminal.err(`Last lines of ${name}:\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`);
    told.push(`${name} failed: ${how}`);
  }
  const services = jobs.map(({ unit }) => unit).join(' ');
  return new AppError('differences', `everything is installed, but ${told.join('; ')}`, {
    advice: `Mend what the last lines say, then: sudo systemctl start ${services}; hotlookup status tells how it went`,
  });
}

/** In the words that `status` has; what systemctl said where systemd cannot tell. */
async function howItEnded({ unit, why }: FailedJob, { processes }: World) {
  const name = unit.replace(/\.service$/, '');
  const { lastRun, retrying } = await readSystemdRecord(processes, name).catch(() => NOTHING_KNOWN);
  const how = lastRun?.result === undefined || lastRun.result === 'success' ? why : resultText(lastRun);
  return { name, how: retrying ? `${how}; systemd tries it again` : how };
}

/** Asking is only to say it better: why the job failed is known already. */
const NOTHING_KNOWN = { lastRun: undefined, retrying: false };
