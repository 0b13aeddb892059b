import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where the figures were measured. */
export type Machine = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly node: string;
  /** As the server's own version() begins: `PostgreSQL 15.18 (Debian 15.18-0+deb12u1)`. */
  readonly server: string;
  /** Of the last minute, before anything was measured: a figure near 0 is a quiet machine. */
  readonly load: number;
};

export function describeMachine(server: string): Machine {
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    kernel: `${type()} ${release()} ${arch()}`,
    node: process.version,
    server,
    load: loadavg()[0] ?? Number.NaN,
  };
}

/** One sentence. */
export function spellMachine({ cores, processor, memoryBytes, kernel, node, server, load }: Machine): string {
  const memory = `${(memoryBytes / 2 ** 30).toFixed(0)} GiB`;
  return `Measured on ${cores} cores (${processor}), ${memory}, ${kernel}, Node ${node}, ${server}; load average ${load.toFixed(1)} at the start.`;
}
