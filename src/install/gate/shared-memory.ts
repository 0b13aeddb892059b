import { basename } from 'node:path/posix';
import { byText } from '../host/paths.ts';
import { lyingDropIns } from '../observe/units.ts';
import { type Finding, found, type GateReport, refused } from './report.ts';
import type { Subject } from './subject.ts';
import { isOn, settings } from './unit-settings.ts';

/** The server's own user, as every packaging of PostgreSQL names it. */
const SERVER_USER = 'postgres';

/**
 * RemoveIPC= removes all shared memory of a service's user when the service ends, and DynamicUser= implies it: of the
 * server's user that is the server's. The schema refuses it; a drop-in on the host can still ask for it.
 */
export function checkSharedMemory({ stage, desired: { unitsDir }, port: { files } }: Subject): GateReport {
  const services = [...stage.units].filter(([name]) => name.endsWith('.service'));
  const dropIns = lyingDropIns(
    files,
    services.map(([name]) => name),
    unitsDir,
  );
  return found(
    ...services.flatMap(([name, contents]) => {
      const own = dropIns
        .filter(({ unit }) => unit === name)
        .sort((a, b) => byText(basename(a.path), basename(b.path)));
      return checkService(
        name,
        [contents, ...own.map((dropIn) => dropIn.contents)].join('\n'),
        own.map(({ path }) => path),
      );
    }),
  );
}

function checkService(service: string, text: string, dropIns: readonly string[]): Finding[] {
  const removes = ['RemoveIPC', 'DynamicUser'].filter((key) => isOn(text, 'Service', key));
  if (settings(text, 'Service', 'User').at(-1) !== SERVER_USER || removes.length === 0) return [];
  const where = dropIns.length > 0 ? ` (with ${dropIns.join(', ')})` : '';
  return [
    refused(
      `${service}${where} would run as ${SERVER_USER} with ${removes.join('= and ')}=, which removes the server's shared memory when a job ends`,
      `Give the jobs another user, or set ${removes.map((key) => `${key}=no`).join(' and ')}${dropIns.length > 0 ? ' in the drop-in' : ''}`,
    ),
  ];
}
