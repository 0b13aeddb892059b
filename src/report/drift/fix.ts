import type { Drift } from '../../install/drift/drift.ts';
import { shell } from '../../render/quoting.ts';

/** What sets a host right, in the order in which it is to be done; empty if only what is others' differs and does no harm. */
export function driftFixes(drift: readonly Drift[], spec: string | undefined, root: string): string[] {
  const spoilers = new Map(
    drift.filter(({ is }) => is === 'unusable').map(({ subject }) => [subject, dropInsOf(subject, drift)]),
  );
  const corrections = [...spoilers]
    .filter(([, paths]) => paths.length > 0)
    .map(
      ([unit, paths]) =>
        `Correct or remove ${paths.join(' and ')}, with which systemd cannot use ${unit}, then: sudo systemctl daemon-reload`,
    );
  const isSpoilt = (unit: string) => (spoilers.get(unit) ?? []).length > 0;
  const ours = drift.filter(
    ({ is, subject }) => !OTHERS.includes(is) && !(OF_A_UNIT.includes(is) && isSpoilt(subject)),
  );
  return ours.length === 0 ? corrections : [...corrections, installCommand(ours, drift, spec, root)];
}

/** What an install leaves alone. */
const OTHERS: ReadonlyArray<Drift['is']> = ['drop-in', 'shadowed'];
/** What follows from a drop-in that spoils its unit. */
const OF_A_UNIT: ReadonlyArray<Drift['is']> = ['unusable', 'not-active'];

const dropInsOf = (unit: string, drift: readonly Drift[]): string[] => [
  ...new Set(drift.flatMap((one) => (one.is === 'drop-in' && one.subject === unit ? [one.path] : []))),
];

function installCommand(ours: readonly Drift[], all: readonly Drift[], spec: string | undefined, root: string): string {
  // On a fresh host timers are enabled anyway; on an installed one somebody has disabled them.
  const needsEnable = ours.some(({ is }) => is === 'not-enabled') && !all.some(({ is }) => is === 'unrecorded');
  return [
    ...(root === '/' ? ['sudo'] : []),
    ...['hotlookup', 'install'],
    ...(spec === undefined ? [] : ['--spec', shell(spec)]),
    ...(root === '/' ? [] : ['--root', shell(root)]),
    // An install replaces an edited file only so, and keeps a copy.
    ...(ours.some((one) => one.is === 'contents' && one.isEdited) ? ['--force'] : []),
    ...(needsEnable ? ['--enable'] : []),
  ].join(' ');
}
