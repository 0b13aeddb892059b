import { type HostFile, hostFiles, INSTALLED_RECORDS } from './host-files.ts';
import { textAt } from './loose.ts';
import { show } from './problem.ts';
import type { Report } from './report.ts';

/** Refuses specs of which two files would have one path on a host, or one file would lie where another needs a folder. */
export function checkCollisions(spec: unknown, report: Report): void {
  const files = hostFiles(spec);
  const owners = new Map<string, HostFile | undefined>([[INSTALLED_RECORDS, undefined]]);
  const blamed = new Set<string>();
  const blame = (path: ReadonlyArray<string | number>, found: string, allowed: string) => {
    if (!blamed.has(path.join())) report(path, found, allowed);
    blamed.add(path.join());
  };

  for (const file of files) {
    if (owners.has(file.path)) blameEqual(spec, file, owners.get(file.path), blame);
    else owners.set(file.path, file);
  }
  const places = new Map(files.map((file) => [folderOf(file.path), file]));
  for (const [place, file] of places) {
    const folder = withFoldersAbove(place).find((path) => owners.has(path));
    if (folder !== undefined) blameBelow(file, folder, owners.get(folder), blame);
  }
}

function blameEqual(spec: unknown, file: HostFile, owner: HostFile | undefined, blame: Report): void {
  if (file.set !== undefined && owner?.set !== undefined)
    blame(
      ['partitionSets', file.set, 'name'],
      `${show(textAt(spec, 'partitionSets', file.set, 'name'))}, whose ${baseName(file.path)} is also a file of partitionSets[${owner.set}]`,
      'a name that gives files of its own',
    );
  else blame([file.key], `${show(file.path)}, which is also ${ownerText(owner)}`, 'a path of its own');
}

function blameBelow(file: HostFile, folder: string, owner: HostFile | undefined, blame: Report): void {
  const ownPath = owner?.key === 'envFile' || owner?.key === 'runbook' ? owner.key : undefined;
  const found = ownPath
    ? `${show(folder)}, which is a folder of ${file.key}`
    : `a path below ${show(folder)}, which is ${ownerText(owner)}`;
  blame([ownPath ?? file.key], found, 'a path that is not a file and a folder at once');
}

const ownerText = (owner: HostFile | undefined): string => {
  if (owner === undefined) return 'the folder of the records of what is installed';
  if (owner.key === 'metrics') return 'the file that has systemd make the metrics folder';
  return owner.key === 'envFile' || owner.key === 'runbook' ? `the ${owner.key}` : `a generated file in ${owner.key}`;
};

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

const withFoldersAbove = (folder: string): string[] => {
  const parts = folder.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join('/'));
};

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
