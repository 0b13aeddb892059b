import type { Host } from '../shared/host.ts';
import { forStream, PRIORITY } from '../shared/journal-line.ts';
import { codeOf } from '../shared/node-errors.ts';
import { metricsPath } from './file.ts';
import { parseMetrics } from './parse.ts';
import type { EndedRun } from './run.ts';
import { metricsText } from './text.ts';

const NO_ACCESS = 'Give the folder mode 2775 and a group that the user of this run is in.';
const NO_ROOM = 'Make room on its file system.';

/** What a person does about an error of the system, by its code. */
const FIXES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'Make the folder, with mode 2775 and the group that the spec names; hotlookup install does it.'],
  ['EACCES', NO_ACCESS],
  ['EPERM', NO_ACCESS],
  [
    'EROFS',
    'If a unit ran this, the folder was not there when it started, or the unit is not the one that the spec renders.',
  ],
  ['ENOSPC', NO_ROOM],
  ['EDQUOT', NO_ROOM],
]);

/**
 * Leaves the metrics of a run in a folder, where node_exporter's textfile collector finds them. Whatever stands in the way is
 * a warning: no run fails because of its metrics. Never throws.
 */
export function recordRun(host: Pick<Host, 'changeFile' | 'err'>, directory: string, run: EndedRun): void {
  const path = metricsPath(directory, run.set, run.job);
  const warn = (text: string) => host.err.write(forStream(host.err, PRIORITY.warning, `warning: ${text}`));
  let isDamaged = false;
  try {
    host.changeFile(path, (before) => {
      const earlier = before === undefined ? new Map() : parseMetrics(before, run);
      isDamaged = earlier === undefined;
      return metricsText(run, earlier ?? new Map());
    });
  } catch (error) {
    const code = codeOf(error);
    const reason = code !== '' && error instanceof Error ? error.message : `internal error (${kindOf(error)})`;
    warn(`the metrics of this run were not written to ${path}: ${reason}`);
    const fix = FIXES.get(code);
    if (fix !== undefined) host.err.write(forStream(host.err, PRIORITY.warning, fix));
    return;
  }
  if (isDamaged) warn(`${path} held no metrics of this job, or damaged ones: its counters start again from 0`);
}

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
