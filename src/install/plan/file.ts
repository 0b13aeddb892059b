import { MARKER } from '../../render/marker.ts';
import { shell } from '../../render/quoting.ts';
import { sha256 } from '../../render/sha256.ts';
import type { DesiredFile } from '../desired/desired.ts';
import { backupPath } from '../host/paths.ts';
import type { Found, Observed } from '../observe/observed.ts';
import { spellMode } from '../record/manifest-text.ts';
import { helperVersion, isOlder } from './helper-version.ts';
import type { PlanOptions } from './options.ts';
import { type Part, part } from './part.ts';
import type { Refusal, Step } from './step.ts';

type FoundFile = Extract<Found, { type: 'file' }>;

/** What brings one file to a host. Where another spec needs it too, both must ask for the same. With `force`, a generated file that was edited there is replaced, and kept as a copy. */
export function planFile(
  file: DesiredFile,
  observed: Observed,
  { force, downgrade }: Pick<PlanOptions, 'force' | 'downgrade'>,
): Part {
  const found = observed.at.get(file.path);
  if (!found) return part({ steps: [write(file, undefined, 'is not there')] });
  if (found.type !== 'file') return part({ refusals: [inTheWay(file.path, found, observed)] });
  const notes = ownerNotes(file.path, found, observed);
  if (found.contents.equals(Buffer.from(file.contents)))
    return part({ steps: planStatus(file.path, file.mode, found, observed), notes });
  const before = found.contents.toString('utf8');
  const objection = olderHelper(file, before, downgrade) ?? anothers(file, observed);
  if (objection) return part({ refusals: [objection], notes });
  const replace = write(file, before, 'is not what the spec renders');
  const owned = ownedDigests(observed, file.path);
  if (owned.includes(sha256(found.contents))) return part({ steps: [replace], notes });
  const isGenerated = owned.length > 0 || found.contents.includes(MARKER);
  if (!isGenerated) return part({ refusals: [foreign(file.path, found, observed)] });
  if (!force) return part({ refusals: [edited(file, found)], notes });
  return part({ steps: [...backUp(file.path, found, observed), replace], notes });
}

/** Digests that the manifest has of a file: two after an install that was interrupted, the old and the new. */
export const ownedDigests = ({ manifest, others }: Observed, path: string): string[] =>
  [manifest, ...others.map((other) => other.manifest)]
    .flatMap((record) => record?.files ?? [])
    .filter((file) => file.path === path)
    .map((file) => file.sha256);

/** The helper serves every spec of the host: the newest of them decides. */
function olderHelper({ path, contents }: DesiredFile, before: string, downgrade: boolean): Refusal | undefined {
  const [wanted, found] = [helperVersion(contents), helperVersion(before)];
  if (downgrade || !wanted || !found || !isOlder(wanted, found)) return undefined;
  return {
    found: `${path} is of version ${found.join('.')}, and this install would bring version ${wanted.join('.')}`,
    fix: 'Install with the newer version of hotlookup, or replace the helper by the older one: --downgrade',
    kind: 'refused',
  };
}

/** A file of another spec that is no helper: what that spec renders would be lost. */
function anothers({ path, contents }: DesiredFile, { others }: Observed): Refusal | undefined {
  const owner = others.find(({ manifest }) => manifest.files.some((file) => file.path === path));
  if (!owner || helperVersion(contents)) return undefined;
  return {
    found: `${path} belongs to another spec, ${owner.name ?? 'an unnamed one'} (${owner.path}), which renders something else`,
    fix: 'Give this spec a path of its own for it, such as runbook: or metrics.directory:',
    kind: 'refused',
  };
}

/** Owner and mode of a file whose contents are right. */
export function planStatus(path: string, mode: number, found: FoundFile, { isRoot }: Observed): Step[] {
  const { uid, gid, mode: from } = found;
  return [
    ...(isRoot && (uid !== 0 || gid !== 0) ? [{ do: 'change-owner', path, from: { uid, gid } } as const] : []),
    ...(from === mode ? [] : [{ do: 'change-mode', path, mode, from } as const]),
  ];
}

export const describeFound = (found: Pick<Found, 'type'> & { readonly target?: string }): string =>
  found.type === 'link'
    ? `a link to ${found.target ?? 'nothing'}`
    : found.type === 'other'
      ? 'no regular file'
      : `a ${found.type}`;

export const inTheWay = (
  path: string,
  found: Parameters<typeof describeFound>[0],
  place: Pick<Observed, 'isLive'>,
): Refusal => ({
  found: `${path} is ${describeFound(found)}`,
  fix: moveAway(path, place),
  kind: 'refused',
});

/** No command for an image: its paths, typed on the machine that makes it, would name that machine's own files. */
export const moveAway = (path: string, { isLive }: Pick<Observed, 'isLive'>): string =>
  isLive
    ? `See what it is for, then move it away: mv ${shell(path)} ${shell(`${path}.old`)}`
    : 'See what it is for, then move it away in the image';

const write = ({ path, contents, mode }: DesiredFile, before: string | undefined, why: string): Step => ({
  do: 'write',
  path,
  contents,
  mode,
  before,
  secret: false,
  why,
});

const ownerNotes = (path: string, { uid, mode }: FoundFile, { isRoot }: Observed): string[] => [
  ...(isRoot && uid !== 0
    ? [`${path} belonged to user ${uid}, who could change it: see whether that was intended`]
    : []),
  ...(mode & 0o022 ? [`${path} had mode ${spellMode(mode)}, so that others could change it`] : []),
];

const foreign = (path: string, found: FoundFile, observed: Observed): Refusal => ({
  found: `${path} is there and was not made by hotlookup${found.contents.length === 0 ? ' (it is empty)' : ''}`,
  fix: moveAway(path, observed),
  kind: 'refused',
});

const edited = (file: DesiredFile, found: FoundFile): Refusal => ({
  found: `${file.path} was edited on this host`,
  fix: `Take the change over into the spec or a drop-in, or replace the file and keep a copy: --force`,
  kind: 'refused',
  edited: { path: file.path, before: found.contents.toString('utf8'), after: file.contents },
});

/** A copy that an interrupted run left half-written is made again. */
function backUp(path: string, found: FoundFile, { at }: Observed): Step[] {
  const to = backupPath(path, found.contents);
  const kept = at.get(to);
  if (kept?.type === 'file' && kept.contents.equals(found.contents)) return [];
  const step: Step = { do: 'back-up', path, to };
  return kept ? [{ do: 'remove', path: to, why: 'is an incomplete copy' }, step] : [step];
}
