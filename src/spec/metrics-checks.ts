import { hostFiles, INSTALLED_RECORDS } from './host-files.ts';
import { at, textAt } from './loose.ts';
import { show } from './problem.ts';
import type { Report } from './report.ts';

/** What the jobs may write is nothing that root runs or trusts, and their group is one that no other file is open to. */
export function checkMetrics(spec: unknown, report: Report): void {
  checkDirectory(spec, report);
  checkGroup(spec, report);
}

function checkDirectory(spec: unknown, report: Report): void {
  const directory = textAt(spec, 'metrics', 'directory');
  if (directory === undefined) return;
  const files = hostFiles(spec).map(({ path }) => path);
  if (
    directory === INSTALLED_RECORDS ||
    directory.startsWith(`${INSTALLED_RECORDS}/`) ||
    INSTALLED_RECORDS.startsWith(`${directory}/`)
  )
    report(
      ['metrics', 'directory'],
      `${show(directory)}, where the jobs could replace the records of what is installed, in ${show(INSTALLED_RECORDS)}`,
      'a folder in which no file of the installation lies',
    );
  const inside = files.find((path) => path.startsWith(`${directory}/`));
  const above = files.find((path) => path === directory || directory.startsWith(`${path}/`));
  if (inside !== undefined)
    report(
      ['metrics', 'directory'],
      `${show(directory)}, where the jobs could replace ${show(inside)}`,
      'a folder in which no file of the installation lies',
    );
  if (above !== undefined)
    report(
      ['metrics', 'directory'],
      `${show(directory)}, while ${show(above)} is a file`,
      'a path that is not a file and a folder at once',
    );
}

function checkGroup(spec: unknown, report: Report): void {
  const group = textAt(spec, 'metrics', 'group');
  if (group === 'root') report(['metrics', 'group'], 'root, whose files the jobs could then read', 'any other group');
  // systemd would want to make a group of that name for the time of a run, and finds it taken.
  if (group !== undefined && group === textAt(spec, 'user') && at(spec, 'dynamicUser') === true)
    report(
      ['metrics', 'group'],
      `${show(group)}, the name of the user that systemd makes for a run`,
      'any other group, or dynamicUser: false',
    );
}
