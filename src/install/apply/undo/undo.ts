import type { HostPort } from '../../host/host.ts';
import { isUnit } from '../../host/units.ts';
import { messageOf } from '../message.ts';
import type { Journal, Touched } from './journal.ts';
import { restorePath } from './path.ts';
import { restoreUnit, stillDifferent, systemdOf } from './unit.ts';

/**
 * Makes everything in the journal what it was, last change first, and systemd's view of it too. It does not stop at what
 * cannot be undone; it returns that, one text each.
 */
export async function undo(port: HostPort, { records }: Journal): Promise<string[]> {
  const failures: string[] = [];
  /** Whether systemd knows unit files that are no longer so. */
  let isStale = false;
  let whyStale = '';

  async function attempt(what: string, act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      failures.push(`${what}: ${messageOf(error)}`);
    }
  }

  function bringBack(path: string, { before }: Touched & { kind: 'path' }): void {
    const wasStale = isStale;
    // Also where bringing it back fails half-way.
    if (isUnit(path) && port.systemd) isStale = true;
    if (!restorePath(port, path, before)) isStale = wasStale;
  }

  async function reload(): Promise<void> {
    if (!isStale) return;
    try {
      await systemdOf(port).control(['daemon-reload']);
      isStale = false;
    } catch (error) {
      // Tried again before the next unit, and at the end.
      whyStale = messageOf(error);
    }
  }

  for (const record of records.toReversed()) {
    if (record.kind === 'path') await attempt(record.path, () => bringBack(record.path, record));
    else {
      await reload();
      await attempt(record.unit, () => restoreUnit(systemdOf(port), record.unit, record.before));
    }
  }
  await reload();
  if (isStale) failures.push(`systemd has not read its unit files again: ${whyStale}`);
  for (const record of records)
    if (record.kind === 'unit')
      await attempt(record.unit, async () => {
        const different = stillDifferent(record.before, await systemdOf(port).show(record.unit));
        if (different) failures.push(`${record.unit} ${different}`);
      });
  return failures;
}
