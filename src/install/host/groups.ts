import type { HostFiles } from './host.ts';
import { resolvePath } from './resolve-path.ts';

/** Number of a group in the target's /etc/group (group(5)); undefined if it has none of that name. */
export function groupNumber(files: HostFiles, name: string): number | undefined {
  const path = resolvePath(files, '/etc/group');
  const text = path === undefined ? '' : (files.read(path)?.toString('utf8') ?? '');
  for (const line of text.split('\n')) {
    const [found, , number = ''] = line.split(':');
    if (found === name && /^\d+$/.test(number)) return Number(number);
  }
  return undefined;
}
