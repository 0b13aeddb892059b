import { sha256 } from '../../render/sha256.ts';
import { PRESET_PATH } from '../desired/image-enablement.ts';
import { isLeftover } from '../host/paths.ts';
import { type Found, isMask, type Observed } from '../observe/observed.ts';
import { ownedDigests } from '../plan/file.ts';
import type { Drift, Expected, ExpectedFile } from './drift.ts';

/** Files that are missing, changed, in the way, or there although they should not be. */
export function fileDrift({ files }: Expected, observed: Observed): Drift[] {
  const { at, manifest } = observed;
  const wanted = new Set(files.map(({ path }) => path));
  const owned = (manifest?.files ?? []).map(({ path }) => path);
  return [
    ...files.flatMap((file) => driftOfFile(file, at.get(file.path), observed)),
    ...owned
      .filter((path) => !wanted.has(path) && path !== PRESET_PATH && at.has(path))
      .map((subject): Drift => ({ subject, is: 'stale' })),
    ...[...at.keys()].filter(isLeftover).map((subject): Drift => ({ subject, is: 'leftover' })),
  ];
}

function driftOfFile(file: ExpectedFile, found: Found | undefined, observed: Observed): Drift[] {
  const subject = file.path;
  if (!found) return [{ subject, is: 'missing' }];
  // An administrator's mask lies in the unit's place; the unit tells of it.
  if (isMask(found)) return [];
  if (found.type !== 'file')
    return [{ subject, is: 'blocked', type: found.type, link: found.type === 'link' ? found.target : undefined }];
  const { contents, mode, uid, gid } = found;
  const isEdited = () => !ownedDigests(observed, subject).includes(sha256(contents));
  const isOthers = observed.isRoot && (uid !== 0 || gid !== 0);
  return [
    ...(sha256(contents) === file.sha256
      ? []
      : [{ subject, is: 'contents' as const, found: contents, wanted: file.contents, isEdited: isEdited() }]),
    ...(mode === file.mode ? [] : [{ subject, is: 'mode' as const, found: mode, wanted: file.mode }]),
    ...(isOthers ? [{ subject, is: 'owner' as const, uid, gid }] : []),
  ];
}
