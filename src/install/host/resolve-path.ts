import { dirname, join } from 'node:path/posix';
import type { HostFiles } from './host.ts';

/** As Linux counts them (path_resolution(7)). */
const MOST_LINKS = 40;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/** Where a path of the host leads with every link followed, the last part's too; undefined if it leads nowhere. */
export function resolvePath(files: HostFiles, path: string): string | undefined {
  const open = partsOf(path);
  let resolved = '/';
  let links = 0;
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    const next = part === '..' ? dirname(resolved) : join(resolved, part);
    const type = next === '/' ? 'directory' : files.status(next)?.type;
    if (type === undefined || (type !== 'link' && type !== 'directory' && open.length > 0)) return undefined;
    if (type !== 'link') {
      resolved = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return undefined;
    const target = files.readLink(next);
    if (target.startsWith('/')) resolved = '/';
    open.unshift(...partsOf(target));
  }
  return resolved;
}
