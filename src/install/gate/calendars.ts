import type { World } from '../../world.ts';
import { ask, linesOf } from './programs.ts';
import { type Finding, found, type GateReport, refused } from './report.ts';
import type { Subject } from './subject.ts';

type Asked = { readonly timer: string; readonly calendar: string };

/** Whether every calendar of the timers comes again. One call tells if all do; if not, each is asked which it is. */
export async function checkCalendars({ desired, world }: Subject): Promise<GateReport> {
  const asked = desired.jobs.flatMap(({ timer, calendars }) => calendars.map((calendar) => ({ timer, calendar })));
  const answer = await elapses(
    world,
    asked.map(({ calendar }) => calendar),
  );
  if (!answer || answer.times === asked.length) return found();
  const findings: Finding[] = [];
  for (const one of asked) findings.push(...(await checkCalendar(world, one)));
  return found(...findings);
}

async function checkCalendar(world: World, { timer, calendar }: Asked): Promise<Finding[]> {
  const answer = await elapses(world, [calendar]);
  if (!answer || answer.times === 1) return [];
  return [refused(`${timer}: OnCalendar=${calendar}: ${answer.said}`, "Change the job's schedule in the spec")];
}

/** How many of the expressions have a next time, and what is wrong otherwise. */
async function elapses(world: World, calendars: readonly string[]) {
  const result = await ask(world, 'systemd-analyze', ['calendar', '--', ...calendars]);
  return (
    result && {
      times: result.stdout.match(/Next elapse: \w{3} \d{4}-/g)?.length ?? 0,
      said: result.exitCode === 0 ? 'it never elapses' : (linesOf(result.stderr)[0] ?? 'it is not understood'),
    }
  );
}
