import type { Spec } from '../../spec/schema.ts';
import { ask, linesOf } from './programs.ts';
import { found, type GateReport, notChecked, refused } from './report.ts';
import type { Subject } from './subject.ts';

/** Since this one a unit can be judged that is not loaded. */
const OFFLINE_SINCE = 250;

/** Tenths of the figure that `systemd-analyze security` prints. */
const LIMITS = { localhost: 9, remote: 10, socket: 2 } as const;

/** RemoveIPC=, which only a dynamic user can have without harm to others, is worth a tenth where the rest leaves one to show. */
const exposureLimit = ({ database: { access }, dynamicUser }: Spec): number =>
  LIMITS[access] + (access === 'socket' || dynamicUser ? 0 : 1);

/** Whether the services are as tight as the spec's kind of access lets them be. */
export async function checkExposure({ stage, spec, world }: Subject, version: number): Promise<GateReport> {
  if (version < OFFLINE_SINCE)
    return notChecked(`exposure: systemd-analyze is ${version}, and only ${OFFLINE_SINCE} can judge a unit beforehand`);
  const services = [...stage.units.keys()].filter((name) => name.endsWith('.service'));
  const result = await ask(world, 'systemd-analyze', [
    '--no-pager',
    'security',
    '--offline=true',
    `--root=${stage.root}`,
    ...services,
  ]);
  if (!result) return found();
  const figures = exposures(result.stdout);
  const limit = exposureLimit(spec);
  return found(
    ...services.flatMap((service) => {
      const figure = figures.get(service);
      if (figure === undefined)
        return [refused(`the exposure of ${service} is unknown: ${reason(result.stderr)}`, MEND)];
      return figure * 10 > limit + 0.01
        ? [refused(tooOpen(service, figure, limit), spec.user === 'root' ? NOT_ROOT : MEND)]
        : [];
    }),
  );
}

/** By unit, from the last line of each unit's table. */
function exposures(text: string): Map<string, number> {
  const lines = text.matchAll(/Overall exposure level for (\S+): (\d+\.\d)/g);
  return new Map([...lines].map(([, unit = '', figure]) => [unit, Number(figure)]));
}

const reason = (said: string): string => linesOf(said).at(-1) ?? 'systemd-analyze does not say it';

const tooOpen = (service: string, figure: number, limit: number): string =>
  `the exposure of ${service} is ${figure.toFixed(1)}; at most ${(limit / 10).toFixed(1)} is allowed`;

const NOT_ROOT = 'Let the jobs run as another user than root';
const MEND = 'Put back the directives that the template had (systemd-analyze security lists them), or report this';
