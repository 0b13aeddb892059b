import { textAt } from './loose.ts';
import { show } from './problem.ts';
import type { Report } from './report.ts';

/** What ProtectHome=, PrivateTmp=, PrivateDevices= and ProtectProc= take out of a unit's sight (systemd.exec(5)). */
const HIDDEN = /^\/(?:home|root|run\/user|tmp|var\/tmp|dev|proc)(?:\/|$)/;

/** The units keep the jobs away from these folders, so what a job runs or writes cannot lie in them. */
export function checkHiddenPaths(spec: unknown, report: Report): void {
  for (const key of [['scriptsDir'], ['node'], ['metrics', 'directory']]) {
    const path = textAt(spec, ...key) ?? '';
    if (HIDDEN.test(path))
      report(
        key,
        `${show(path)}, which the jobs' units hide from them`,
        'a path outside /home, /root, /run/user, /tmp, /var/tmp, /dev and /proc',
      );
  }
}
