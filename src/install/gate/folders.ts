import { dirname, join } from 'node:path/posix';
import type { HostEntry, HostFiles } from '../host/host.ts';
import { resolvePath } from '../host/resolve-path.ts';

/** The way to a folder of the target, as far as it goes: the folder may not be there yet, and the plan says what is in the way. */
export type Way = {
  /** Every existing folder that is passed, links followed; `/` first. */
  readonly passed: ReadonlyArray<readonly [path: string, entry: HostEntry]>;
  /** The last of them: what is written lands here or in new folders below. */
  readonly end: string;
};

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

export function followWay(files: HostFiles, folder: string): Way {
  const passed = new Map<string, HostEntry>();
  const open = partsOf(folder);
  let end = '/';
  const pass = (path: string) => {
    const entry = files.status(path);
    if (entry) passed.set(path, entry);
    end = path;
  };
  pass('/');
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    const next = part === '..' ? dirname(end) : join(end, part);
    const type = files.status(next)?.type;
    if (type === 'directory') pass(next);
    else if (type === 'link' && resolvePath(files, next) !== undefined) {
      const target = files.readLink(next);
      if (target.startsWith('/')) pass('/');
      open.unshift(...partsOf(target));
    } else break;
  }
  return { passed: [...passed], end };
}
