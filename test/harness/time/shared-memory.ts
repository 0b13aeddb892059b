import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../runner/temporary.ts';

const FOLDER = '/dev/shm';
const NAME = /^(?:faketime_shm|sem\.faketime_sem)_(\d+)$/;

/** libfaketime gives each program a file and a semaphore, and leaves them where the program was killed or became another by exec. */
export function removeSharedMemory(): void {
  if (!existsSync(FOLDER)) return;
  for (const name of readdirSync(FOLDER)) {
    const maker = NAME.exec(name)?.[1];
    if (maker !== undefined && !isAlive(Number(maker))) rmSync(join(FOLDER, name), { force: true });
  }
}
