import type { Drift } from '../../install/drift/drift.ts';
import { spellMode } from '../../install/record/manifest-text.ts';
import { sha256 } from '../../render/sha256.ts';
import { isReadable, unifiedDiff } from '../patch.ts';

/** A drift as `hotlookup diff` tells it: one line, and the unified diff where a person can read it. */
export type DriftText = {
  /** Path or unit. */
  readonly path: string;
  readonly kind: string;
  readonly what: string;
  readonly patch?: string;
};

const THINGS = { file: 'a file', directory: 'a folder', link: 'a link', other: 'neither a file nor a folder' };

/** What a drop-in leaves of a setting: an empty value takes back all before it. */
function valuesLeft(values: readonly string[]): string {
  const left = values.slice(values.lastIndexOf('') + 1);
  return left.length === 0 ? 'nothing' : left.join(', ');
}

export function driftText(drift: Drift): DriftText {
  const path = drift.subject;
  switch (drift.is) {
    case 'missing':
      return { path, kind: 'missing', what: 'is not there' };
    case 'unrecorded':
      return { path, kind: 'missing', what: 'is not there, so nothing was installed by hotlookup install' };
    case 'leftover':
      return { path, kind: 'extra', what: 'was left by an install that was killed' };
    case 'stale':
      return { path, kind: 'extra', what: 'was installed earlier, is not asked for any more' };
    case 'reload':
      return { path, kind: 'unit', what: 'has files that changed since systemd read them' };
    case 'blocked':
      return {
        path,
        kind: 'blocked',
        what: `is ${THINGS[drift.type]}${drift.link === undefined ? '' : ` to ${drift.link}`}, should be a file`,
      };
    case 'contents':
      return { path, kind: 'changed', ...contentsText(path, drift.found, drift.wanted) };
    case 'mode':
      return { path, kind: 'mode', what: `has mode ${spellMode(drift.found)}, should be ${spellMode(drift.wanted)}` };
    case 'owner':
      return { path, kind: 'owner', what: `belongs to ${drift.uid}:${drift.gid}, should belong to root:root` };
    case 'not-enabled':
      return { path, kind: 'unit', what: `is ${drift.found}, should be enabled` };
    case 'not-active':
      return { path, kind: 'unit', what: `is ${drift.found}, should be active` };
    case 'unusable':
      return { path, kind: 'unit', what: `cannot be used by systemd (${drift.found})` };
    case 'shadowed':
      return { path, kind: 'unit', what: `is not used: ${drift.by} comes first` };
    case 'drop-in': {
      const { section, key, from, to } = drift.setting;
      return {
        path,
        kind: 'drop-in',
        what: `${drift.path} sets [${section}] ${key}= to ${valuesLeft(to)}; generated is ${valuesLeft(from)}`,
      };
    }
  }
}

function contentsText(path: string, found: Buffer, wanted: string | undefined): Pick<DriftText, 'what' | 'patch'> {
  if (wanted === undefined) return { what: 'was changed since it was installed' };
  const text = found.toString('utf8');
  if (!isReadable(text) || !isReadable(wanted))
    return { what: `has sha256 ${sha256(found)}, should be ${sha256(wanted)}` };
  return { what: 'is not what the spec renders', patch: unifiedDiff(path, 'as rendered', text, wanted) };
}
