import { shell } from '../../render/quoting.ts';
import { groupNumber } from '../host/groups.ts';
import type { HostEntry } from '../host/host.ts';
import { METRICS_FOLDER_MODE } from '../host/paths.ts';
import { resolvePath } from '../host/resolve-path.ts';
import { spellMode } from '../record/manifest-text.ts';
import { type Finding, found, type GateReport, NOTHING, notChecked, refused } from './report.ts';
import type { Subject } from './subject.ts';

/** Whether there is the group that the jobs run as for their metrics, and whether it may write to the folder, if that is there. */
export function checkMetrics({ desired: { metrics }, port: { files }, isLive }: Subject): GateReport {
  if (!metrics) return NOTHING;
  const { directory, group } = metrics;
  const gid = groupNumber(files, group);
  if (gid === undefined)
    return isLive
      ? found(
          refused(
            `metrics: /etc/group has no group ${group}, which the jobs run as`,
            `Install node_exporter or Prometheus, make the group (groupadd --system ${group}), or name another one in the spec`,
          ),
        )
      : notChecked(`metrics: the image's /etc/group has no group ${group} yet`);
  const path = resolvePath(files, directory);
  const entry = path === undefined ? undefined : files.status(path);
  return isLive && entry?.type === 'directory' ? found(...checkFolder(directory, group, gid, entry)) : found();
}

/** What is not exactly so would be made so at boot, by systemd-tmpfiles; a folder of others is theirs to change. */
function checkFolder(directory: string, group: string, gid: number, entry: HostEntry): Finding[] {
  if (entry.gid === gid && entry.mode === METRICS_FOLDER_MODE) return [];
  return [
    refused(
      `metrics: ${directory} has mode ${spellMode(entry.mode)} and belongs to group ${entry.gid}; the jobs need mode ${spellMode(METRICS_FOLDER_MODE)} and group ${group} (${gid})`,
      `See who else writes there, then: chgrp ${group} ${shell(directory)} && chmod ${METRICS_FOLDER_MODE.toString(8)} ${shell(directory)}`,
    ),
  ];
}
