import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^hotlookup-test-(\d+)-/;

/**
 * A temporary folder whose name tells which process made it, so that `removeStale` can remove it if that process was
 * killed before it did. `parent` is for what needs a short path.
 */
export function makeTemporary(purpose: string, parent = tmpdir()): string {
  return mkdtempSync(join(parent, `hotlookup-test-${process.pid}-${purpose}-`));
}

/** Removes the temporary folders of processes that are gone. A server that still runs in one ends within a minute without it. */
export function removeStale(parent: string): void {
  for (const name of readdirSync(parent)) {
    const maker = NAME.exec(name)?.[1];
    if (maker !== undefined && !isAlive(Number(maker))) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
