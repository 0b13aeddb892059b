import { ask, linesOf } from './programs.ts';
import { found, type GateReport, refused } from './report.ts';
import type { Subject } from './subject.ts';

/** Whether every calendar of the timers comes again. */
export async function checkCalendars({ desired, world }: Subject): Promise<GateReport> {
  const asked = desired.jobs.flatMap(({ timer, calendars }) => calendars.map((calendar) => ({ timer, calendar })));
  const reports = await Promise.all(
    asked.map(async ({ timer, calendar }) => {
      const result = await ask(world, 'systemd-analyze', ['calendar', calendar]);
      if (!result || /Next elapse: \w{3} \d{4}-/.test(result.stdout)) return [];
      const said = result.exitCode === 0 ? 'it never elapses' : (linesOf(result.stderr)[0] ?? 'it is not understood');
      return [refused(`${timer}: OnCalendar=${calendar}: ${said}`, "Change the job's schedule in the spec")];
    }),
  );
  return found(...reports.flat());
}
