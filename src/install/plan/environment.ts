import { shell } from '../../render/quoting.ts';
import type { Desired } from '../desired/desired.ts';
import { ROTATE } from '../observe/ignored-line.ts';
import type { DsnFound, Observed } from '../observe/observed.ts';
import { spellMode } from '../record/manifest-text.ts';
import { inTheWay } from './file.ts';
import type { PlanOptions } from './options.ts';
import { joinParts, type Part, part } from './part.ts';

/** Whether this install makes the environment file: on a live host that has none. */
export const createsEnvironment = ({ environmentFile, isLive }: Observed): boolean =>
  isLive && environmentFile.state === 'absent';

/** The environment file is made from its example if it is absent, and checked otherwise. */
export function planEnvironment(
  { environmentFile, access }: Desired,
  observed: Observed,
  { runEnsure }: PlanOptions,
): Part {
  return joinParts([
    planFileItself(environmentFile, access, observed),
    noteFormer(environmentFile.path, observed),
    ...(runEnsure ? [refuseRun(environmentFile.path, observed)] : []),
  ]);
}

function planFileItself(
  { path, example }: Desired['environmentFile'],
  access: Desired['access'],
  observed: Observed,
): Part {
  const { environmentFile: found, isLive, isRoot } = observed;
  if (found.state === 'blocked')
    return part({
      refusals: [
        inTheWay(path, { type: found.type, ...(found.link === undefined ? {} : { target: found.link }) }, observed),
      ],
    });
  if (found.state === 'present') {
    const notes =
      isRoot && found.uid !== 0 ? [`${path} belongs to user ${found.uid}, who decides where the jobs connect`] : [];
    return joinParts([part({ notes }), checkMode(path, found.mode, observed), checkDsn(path, found.dsn, access)]);
  }
  if (!isLive)
    return part({ notes: [`${path} is not part of an image: a host needs it, mode 0600, and PG_DSN in it`] });
  const why = 'is not there, so it is made from the example';
  return part({
    steps: [{ do: 'write', path, contents: example, mode: 0o600, before: undefined, secret: true, why }],
    notes: [toBeEdited(path)],
  });
}

const toBeEdited = (path: string): string => `PG_DSN in ${path} is to be set: until then the jobs end with exit code 3`;

function checkMode(path: string, mode: number, { isLive }: Observed): Part {
  if ((mode & 0o077) === 0) return part({});
  const found = `${path} has mode ${spellMode(mode)}: others than its owner may use the password in it`;
  return part({
    refusals: [{ found, fix: isLive ? `chmod 600 ${shell(path)}` : 'Give it mode 0600 in the image', kind: 'refused' }],
  });
}

function checkDsn(path: string, dsn: DsnFound, access: Desired['access']): Part {
  switch (dsn.is) {
    case 'configured':
      return access === 'socket' && !dsn.overSocket ? unreachable(path) : part({});
    case 'placeholder':
      return part({ notes: [toBeEdited(path)] });
    case 'unreadable':
      return part({ notes: [`${path} may not be read by this user, so PG_DSN was not checked`] });
    case 'undefined':
      return part({
        refusals: [
          dsn.ignored === undefined
            ? {
                found: `${path} does not define PG_DSN`,
                fix: `Add a line to ${path}: PG_DSN='…'`,
                kind: 'configuration',
              }
            : {
                found: `${path} does not define PG_DSN: ${dsn.ignored}`,
                fix: `Write it as PG_DSN='…', and ${ROTATE}`,
                kind: 'configuration',
              },
        ],
      });
    case 'invalid':
      return part({
        refusals: [{ found: `${path}: ${dsn.problem}`, fix: `Correct PG_DSN in ${path}`, kind: 'configuration' }],
      });
  }
}

/** The units could open no connection: they would look for the server until the time for connecting is over. */
function unreachable(path: string): Part {
  const found = `PG_DSN in ${path} names no unix socket, and with access: socket the jobs may use nothing else`;
  const fix = 'Name the folder that holds its socket, as in Host=/run/postgresql, or set access in the spec';
  return part({ refusals: [{ found, fix, kind: 'configuration' }] });
}

/** A file that the spec named earlier is still its owner's. */
function noteFormer(path: string, { manifest }: Observed): Part {
  const former = manifest?.environmentFile.path;
  if (former === undefined || former === path) return part({});
  return part({ notes: [`${former} is no longer read: take what it says over into ${path}, then remove it`] });
}

function refuseRun(path: string, { environmentFile: found, isLive }: Observed): Part {
  if (!isLive) return part({ notes: ['nothing is run in an image: run the ensure job on the host'] });
  if (found.state === 'present' && found.dsn.is === 'configured') return part({});
  const fix = `Install without running it, set PG_DSN in ${path}, then start the ensure job`;
  return part({
    refusals: [{ found: `the ensure job cannot be run: PG_DSN in ${path} is not set`, fix, kind: 'configuration' }],
  });
}
