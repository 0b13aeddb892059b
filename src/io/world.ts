import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import type { World } from '../world.ts';
import { createFiles } from './files.ts';
import { interruptible } from './interruptible.ts';
import { processes } from './processes.ts';
import { createTerminal } from './terminal.ts';

/** The real world; `distribution` is the folder that the program was built to. */
export function createWorld(distribution: string): World {
  return {
    files: createFiles(fs, tmpdir()),
    processes,
    terminal: createTerminal(),
    environment: process.env,
    workingDirectory: process.cwd(),
    distribution,
    now: () => new Date(),
    openHost: async (root) => (await import('./host-port.ts')).createHostPort(root, process.env['SOURCE_DATE_EPOCH']),
    startDatabase: async () => (await import('./pglite.ts')).startPglite(),
    interruptible,
  };
}
