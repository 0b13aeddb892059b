import type { Desired } from './desired.ts';
import type { HostPort } from './host.ts';
import type { Observed } from './observed.ts';

/**
 * Reads everything that a plan depends on, and writes nothing. Without `desired` it reads what the manifest of the host
 * names, for an uninstall. An AppError (exit code 7) for a manifest that is damaged.
 */
export async function observe(_port: HostPort, _desired: Desired | undefined): Promise<Observed> {
  throw new Error('not written yet');
}
