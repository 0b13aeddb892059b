import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../postgres/cluster.ts';

/** What strikes all runs on a server. `crash`: kill -9 of all its processes. `restart`: a fast shutdown. Either way it is started again. */
export type ServerFault = 'crash' | 'restart';

export async function strikeServer(cluster: Cluster, fault: ServerFault): Promise<void> {
  if (fault === 'crash') await killAll(cluster);
  else await cluster.stop();
  await cluster.start();
}

/** A server does not start again while a process of the one before is left. */
async function killAll(cluster: Cluster): Promise<void> {
  const [postmaster] = readFileSync(join(cluster.data, 'postmaster.pid'), 'utf8').split('\n');
  const others = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  await cluster.stop('SIGKILL');
  for (const pid of others) killIfAlive(Number(pid));
  for (const deadline = Date.now() + 20_000; others.some(isRunning); ) {
    if (Date.now() > deadline) throw new Error(`processes of the server are left: ${others.filter(isRunning)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** They end by themselves once the postmaster is gone: some are faster. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A process that nobody has waited for yet is still listed. */
function isRunning(pid: string): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return false;
    throw error;
  }
}
