import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPort } from '../../../src/install/host/host.ts';
import { createHostFiles } from '../../../src/io/host-files.ts';
import { createSystemdModel } from '../systemd/model.ts';

/** A host in a folder: its root, and what its systemd remembers; undefined for an image. */
export type HostFolder = { readonly root: string; readonly memory: string | undefined };

/** A live host is a root in a folder with the model of systemd. */
export function openFolder({ root, memory }: HostFolder): HostPort {
  return {
    files: createHostFiles(root),
    systemd: memory === undefined ? undefined : createSystemdModel(root, memory),
    isRoot: process.getuid?.() === 0,
    uid: process.getuid?.() ?? 0,
    locked: (use) => use(),
  };
}

export const hostIn = (folder: string, isLive: boolean): HostFolder => ({
  root: join(folder, 'root'),
  memory: isLive ? join(folder, 'systemd.json') : undefined,
});

/** Copies a folder with all that a listing shows. */
export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}
