import type { Drift } from '../install/drift.ts';
import { shell } from '../render/quoting.ts';

/** The command that sets a host right; null if no install does, because only drop-ins and other people's units differ. */
export function driftFix(drift: readonly Drift[], spec: string | undefined, root: string): string | null {
  if (drift.every(({ is }) => is === 'drop-in' || is === 'shadowed')) return null;
  // On a fresh host timers are enabled anyway; on an installed one somebody has disabled them.
  const needsEnable = drift.some(({ is }) => is === 'not-enabled') && !drift.some(({ is }) => is === 'unrecorded');
  return [
    ...(root === '/' ? ['sudo'] : []),
    ...['hotlookup', 'install'],
    ...(spec === undefined ? [] : ['--spec', shell(spec)]),
    ...(root === '/' ? [] : ['--root', shell(root)]),
    ...(needsEnable ? ['--enable'] : []),
  ].join(' ');
}
