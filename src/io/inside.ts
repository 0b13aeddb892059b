import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { unless } from './refusal.ts';

/** As Linux counts them (path_resolution(7)). */
const MOST_LINKS = 40;

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

function tooManyLinks(path: string): never {
  throw Object.assign(new Error(`ELOOP: too many symbolic links, '${path}'`), { code: 'ELOOP' });
}

/** Where a link points; undefined for anything else, and for nothing. */
function targetOf(path: string): string | undefined {
  const found = unless('ENOTDIR', () => lstatSync(path, { throwIfNoEntry: false }));
  return found?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

/**
 * Where a path of the host or image lies outside of it, as chroot(2) would see it: `..` does not leave the root, and an
 * absolute link starts again at the root. Links are followed; the last part only with `followLast`.
 * An error with the code ELOOP where links go round in a circle.
 */
export function inside(root: string, path: string, followLast: boolean): string {
  const open = partsOf(path);
  const done: string[] = [];
  let links = 0;
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    if (part === '..') {
      done.pop();
      continue;
    }
    const target = open.length > 0 || followLast ? targetOf(join(root, ...done, part)) : undefined;
    if (target === undefined) {
      done.push(part);
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) tooManyLinks(path);
    if (target.startsWith('/')) done.length = 0;
    open.unshift(...partsOf(target));
  }
  return join(root, ...done);
}
